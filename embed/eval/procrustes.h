// How far two sets of vectors are from being one and the same up to a rotation,
// and the rotation that takes one nearest to the other.
#ifndef EMBED_EVAL_PROCRUSTES_H_
#define EMBED_EVAL_PROCRUSTES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"

namespace embed {

// min ||A R - B||_F^2 over all orthogonal R, where A and B are `a` and `b` with
// the mean of their rows taken away and scaled to a Frobenius norm of 1: from 0
// (the same up to place, size, rotation and reflection) to 2. It is
// 2 - 2 sum of the singular values of A^T B (Schoenemann 1966).
//
// Row i of one belongs to row i of the other; of different dims, the smaller is
// filled up with zeros. NaN without two different rows in each. In double;
// O(rows dim^2 + dim^3).
double ProcrustesDistance(const MatrixView& a, const MatrixView& b);

// The orthogonal R [dim, dim], row-major, that minimises ||A R - B||_F, with A
// and B as they are: R = U V^T where A^T B = U S V^T (Schoenemann 1966). A
// reflection is allowed, as everywhere in the literature of aligned vectors.
//
// InvalidArgument: the views differ in rows or dim, no row, a number that is
// not finite. With fewer independent rows than dim, R is one of several: what
// the rows say nothing of is turned in any way. Time as above.
absl::StatusOr<std::vector<double>> OrthogonalMap(const MatrixView& a,
                                                  const MatrixView& b);

// rows * map, [rows, dim]; map: [dim, dim], row-major. Sums in double. Errors:
// those of EmbeddingTable::Create(). The result does not depend on `threads`.
absl::StatusOr<EmbeddingTable> ApplyMap(const MatrixView& rows,
                                        absl::Span<const double> map,
                                        int threads);

}  // namespace embed

#endif  // EMBED_EVAL_PROCRUSTES_H_
