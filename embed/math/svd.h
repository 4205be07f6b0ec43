// Singular value decomposition of small dense matrices. The one place where
// Eigen's is compiled, which takes long.
#ifndef EMBED_MATH_SVD_H_
#define EMBED_MATH_SVD_H_

#include <vector>

#include "absl/types/span.h"

namespace embed {

// M = U diag(s) V^T with min(rows, cols) = n columns in U and V, which are
// orthonormal.
struct Svd {
  std::vector<double> s;  // [n], falling, >= 0
  std::vector<double> u;  // [rows, n], row-major; empty unless asked for
  std::vector<double> v;  // [cols, n], row-major; empty unless asked for
};

// matrix: [rows, cols], row-major, rows and cols at least 1. Numbers that are
// not finite give numbers that mean nothing. By divide and conquer in double
// (Eigen's BDCSVD), O(rows cols n). Thread-safe.
Svd ComputeSvd(absl::Span<const double> matrix, int rows, int cols,
               bool with_vectors);

}  // namespace embed

#endif  // EMBED_MATH_SVD_H_
