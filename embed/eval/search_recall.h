// How much of exact search an index finds, and how far its scores are off.
//
// Recall@k (as in ann-benchmarks; Aumueller, Bernhardsson, Faithfull 2020): the
// share of an answer's first k rows that are among the k nearest. A row counts
// if its exact score is not below that of the k-th nearest, so that of several
// rows at one distance any will do.
#ifndef EMBED_EVAL_SEARCH_RECALL_H_
#define EMBED_EVAL_SEARCH_RECALL_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/eval/nearest_rows.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct SearchRecall {
  double recall = 0.0;     // mean over the queries, in [0, 1]
  double rms_error = 0.0;  // of the answers' scores against exact ones
  double max_error = 0.0;  // the largest, without its sign
};

// rows: for cosine unit rows. exact[i] and answers[i] belong to queries[i]:
// exact is of NearestRows() by the metric with at least k rows, or all there
// are; answers hold at most their first k, no row twice, scored as those. Where
// a table has fewer than k other rows, all are wanted. NaN without queries or
// without answers.
SearchRecall MeasureRecall(const MatrixView& rows,
                           absl::Span<const uint32_t> queries,
                           absl::Span<const std::vector<ScoredRow>> exact,
                           absl::Span<const std::vector<ScoredRow>> answers,
                           uint64_t k, Metric metric = Metric::kCosine);

}  // namespace embed

#endif  // EMBED_EVAL_SEARCH_RECALL_H_
