// The rows of a table nearest to some of its rows, by any metric, exactly: what
// approximate and rounded indexes are compared with.
#ifndef EMBED_EVAL_NEAREST_ROWS_H_
#define EMBED_EVAL_NEAREST_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"

namespace embed {

struct ScoredRow {
  uint32_t id;
  double score;  // Nearness(): cosine, in [-1, 1], dot, or -|a - b|^2
};

// For each of `queries` (ids of rows) the k nearest rows, the row itself left
// out: the nearest first, equal ones by id; fewer only where the table has no
// more. rows: for cosine of UnitRows(). Scores are added up in double. The
// result does not depend on `threads`.
//
// Candidates are chosen by float32 products, k and some more: rows whose
// cosines differ by less than 1e-6 may stand for one another at the end of the
// list (by dot and l2 in proportion to the squares of lengths, which must be in
// the range of float32).
std::vector<std::vector<ScoredRow>> NearestRows(
    const MatrixView& rows, absl::Span<const uint32_t> queries, uint64_t k,
    int threads, Metric metric = Metric::kCosine);

}  // namespace embed

#endif  // EMBED_EVAL_NEAREST_ROWS_H_
