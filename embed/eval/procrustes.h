// How far two sets of vectors are from being one and the same up to a rotation.
#ifndef EMBED_EVAL_PROCRUSTES_H_
#define EMBED_EVAL_PROCRUSTES_H_

#include "embed/math/matrix_view.h"

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

}  // namespace embed

#endif  // EMBED_EVAL_PROCRUSTES_H_
