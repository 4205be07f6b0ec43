// Brings one set of vectors into the space of another (two languages, two
// snapshots) by an orthogonal map learned from pairs of rows that mean the
// same, and tells how often a row's true partner is found there: the supervised
// part of MUSE (Conneau, Lample, Ranzato, Denoyer, Jegou 2018; Xing, Wang, Liu,
// Lin 2015).
#ifndef EMBED_EVAL_ALIGNMENT_H_
#define EMBED_EVAL_ALIGNMENT_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

using AlignedRows = std::pair<uint32_t, uint32_t>;  // of A, of B

struct AlignmentOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  // Rounds after the first map: the pairs of rows that are each other's nearest
  // by CSLS become the dictionary of the next one.
  int refinements = 0;
  // Only the first so many rows of each table take part in these; 0: all. (The
  // neighbours of CSLS are sought among these alone, MUSE seeks them among all
  // rows.)
  uint64_t refinement_rows = 15000;
  uint64_t csls_neighbors = 10;
  int threads = 1;  // the results are the same for any
};

struct Alignment {
  std::vector<double> map;  // [dim, dim], row-major: A times it lies near B
  uint64_t pairs = 0;       // that the map was learned from, in the last round
};

// InvalidArgument: options, tables of different dims, no pair, a number that
// is not finite; refinement finds no pairs.
absl::StatusOr<Alignment> Align(const MatrixView& a, const MatrixView& b,
                                absl::Span<const AlignedRows> dictionary,
                                const AlignmentOptions& options);

struct RetrievalScores {
  std::vector<double> precision;  // at each of `cutoffs`
  uint64_t queries = 0;           // different rows of A among the pairs
};

enum class RetrievalMeasure { kCosine, kCsls };

// For each row of A that `pairs` name: is one of its partners of the k nearest
// rows of B? The share where it is, for each k. mapped_a: A in B's space.
// mapped_a and b: of UnitRows(). NaN without pairs.
RetrievalScores EvaluateRetrieval(const MatrixView& mapped_a,
                                  const MatrixView& b,
                                  absl::Span<const AlignedRows> pairs,
                                  RetrievalMeasure measure,
                                  absl::Span<const uint64_t> cutoffs,
                                  uint64_t csls_neighbors, int threads);

}  // namespace embed

#endif  // EMBED_EVAL_ALIGNMENT_H_
