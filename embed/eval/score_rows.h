// Products of queries with all rows of a table, a block of queries at a time:
// one matrix product (Eigen) reads the table once for many queries.
#ifndef EMBED_EVAL_SCORE_ROWS_H_
#define EMBED_EVAL_SCORE_ROWS_H_

#include <cstdint>
#include <functional>

#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

// scores[i] = queries.row(query) . rows.row(i) in float32, of all rows.
using ScoreVisitor =
    std::function<void(uint64_t query, absl::Span<const float> scores)>;

// Calls visit once for each query, for different queries at once from different
// threads. Queries and rows are of one dim; the scores do not depend on
// `threads`. Memory: at most 64 MiB a thread, or the scores of one query.
void ScoreRows(const MatrixView& queries, const MatrixView& rows, int threads,
               const ScoreVisitor& visit);

}  // namespace embed

#endif  // EMBED_EVAL_SCORE_ROWS_H_
