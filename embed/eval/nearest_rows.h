// The rows of a table nearest to some of its rows, by cosine, exactly: what
// approximate and rounded indexes are compared with.
#ifndef EMBED_EVAL_NEAREST_ROWS_H_
#define EMBED_EVAL_NEAREST_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct ScoredRow {
  uint32_t id;
  double score;  // cosine, in [-1, 1]
};

// For each of `queries` (ids of rows) the k rows with the largest cosine, the
// row itself left out: the largest first, equal ones by id; fewer only where
// the table has no more. unit_rows: of UnitRows(). Scores are added up in
// double. The result does not depend on `threads`.
//
// Candidates are chosen by float32 products, k and some more: rows whose
// cosines differ by less than 1e-6 may stand for one another at the end of the
// list.
std::vector<std::vector<ScoredRow>> NearestRows(
    const MatrixView& unit_rows, absl::Span<const uint32_t> queries, uint64_t k,
    int threads);

}  // namespace embed

#endif  // EMBED_EVAL_NEAREST_ROWS_H_
