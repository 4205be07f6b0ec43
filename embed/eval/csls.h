// The rows of one table nearest to rows of another, by cosine or by CSLS
// (cross-domain similarity local scaling; Conneau, Lample, Ranzato, Denoyer,
// Jegou 2018), which takes from a cosine how near both sides are to everything:
//
//   CSLS(x, y) = 2 cos(x, y) - r(x) - r(y)
//
// r(x): mean cosine of x with its k nearest rows of y's table, r(y): of y with
// its k nearest rows of x's table. Rows that are near to everything ("hubs")
// are no longer everybody's nearest.
//
// All tables are of UnitRows(), of one dim. Products are float32: rows whose
// scores differ by less than 1e-6 may change places. Results do not depend on
// `threads`.
#ifndef EMBED_EVAL_CSLS_H_
#define EMBED_EVAL_CSLS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/eval/nearest_rows.h"
#include "embed/math/matrix_view.h"

namespace embed {

// r of each row of `from`: the mean of its k largest cosines with rows of `to`
// (of all, where there are fewer). k is at least 1, `to` has a row.
std::vector<float> MeanNearestCosines(const MatrixView& from,
                                      const MatrixView& to, uint64_t k,
                                      int threads);

// For each query the k rows with the largest score, largest first, equal ones
// by id. The score is the cosine with empty penalties, else
// 2 cosine - penalties[row]: CSLS but for r(x), which is the same for all rows
// of a query.
std::vector<std::vector<ScoredRow>> NearestOf(const MatrixView& queries,
                                              const MatrixView& rows,
                                              absl::Span<const float> penalties,
                                              uint64_t k, int threads);

}  // namespace embed

#endif  // EMBED_EVAL_CSLS_H_
