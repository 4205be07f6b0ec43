// Whether two tables of vectors of the same things have the same neighbours.
#ifndef EMBED_EVAL_NEIGHBORHOODS_H_
#define EMBED_EVAL_NEIGHBORHOODS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/eval/nearest_rows.h"
#include "embed/math/matrix_view.h"

namespace embed {

// Means over the queries; standard deviations are those of a sample.
struct NeighborhoodAgreement {
  // Of the k nearest in one table, the share that are of the k nearest in the
  // other, in [0, 1]. By chance: k / (rows - 1).
  double overlap = 0.0;
  double overlap_deviation = 0.0;
  // Spearman's rho of the cosines in one table with those in the other, over
  // the k nearest of the first: the mean of both directions, over the queries
  // where it is defined; NaN if it nowhere is. (Over the rows that are near in
  // either, it would be below 0 for unrelated tables.)
  double rank_correlation = 0.0;
};

// unit_a and unit_b: of UnitRows(), row i of both is the same thing. nearest_a
// and nearest_b: of NearestRows() for `queries` with at least k rows, or all
// there are. NaN without queries or neighbours.
NeighborhoodAgreement CompareNeighborhoods(
    const MatrixView& unit_a, const MatrixView& unit_b,
    absl::Span<const uint32_t> queries,
    absl::Span<const std::vector<ScoredRow>> nearest_a,
    absl::Span<const std::vector<ScoredRow>> nearest_b, uint64_t k);

}  // namespace embed

#endif  // EMBED_EVAL_NEIGHBORHOODS_H_
