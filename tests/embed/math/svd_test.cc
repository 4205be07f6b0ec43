#include "embed/math/svd.h"

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace svd_test {

// The definition: the product is the matrix, U and V are orthonormal, the
// singular values fall.
void CheckDefinition(const std::vector<double>& matrix, int rows, int cols) {
  const Svd svd = ComputeSvd(matrix, rows, cols, /*with_vectors=*/true);
  const size_t n = static_cast<size_t>(std::min(rows, cols));
  const size_t r = static_cast<size_t>(rows);
  const size_t c = static_cast<size_t>(cols);
  ASSERT_EQ(svd.s.size(), n);
  ASSERT_EQ(svd.u.size(), r * n);
  ASSERT_EQ(svd.v.size(), c * n);
  for (size_t i = 0; i < r; ++i) {
    for (size_t j = 0; j < c; ++j) {
      double sum = 0;
      for (size_t l = 0; l < n; ++l) {
        sum += svd.u[i * n + l] * svd.s[l] * svd.v[j * n + l];
      }
      EXPECT_NEAR(sum, matrix[i * c + j], 1e-12);
    }
  }
  for (size_t a = 0; a < n; ++a) {
    EXPECT_GE(svd.s[a], 0);
    EXPECT_LE(svd.s[a], svd.s[a == 0 ? 0 : a - 1]);
    for (size_t b = 0; b < n; ++b) {
      double u = 0, v = 0;
      for (size_t i = 0; i < r; ++i) u += svd.u[i * n + a] * svd.u[i * n + b];
      for (size_t i = 0; i < c; ++i) v += svd.v[i * n + a] * svd.v[i * n + b];
      EXPECT_NEAR(u, a == b ? 1 : 0, 1e-12);
      EXPECT_NEAR(v, a == b ? 1 : 0, 1e-12);
    }
  }
}

TEST(SvdTest, MeetsItsDefinition) {
  std::mt19937 random(1);
  for (const auto& [rows, cols] :
       {std::pair{1, 1}, {2, 2}, {3, 5}, {5, 3}, {40, 40}, {17, 33}}) {
    std::vector<double> matrix(static_cast<size_t>(rows * cols));
    for (double& value : matrix) {
      value = static_cast<double>(random()) / 2147483648.0 - 1;
    }
    CheckDefinition(matrix, rows, cols);
  }
}

TEST(SvdTest, RankOneHasOneValue) {
  const std::vector<double> matrix = {2, 4, 1, 2};  // (2, 1) (1, 2)^T
  const Svd svd = ComputeSvd(matrix, 2, 2, /*with_vectors=*/false);
  EXPECT_NEAR(svd.s[0], 5, 1e-12);
  EXPECT_NEAR(svd.s[1], 0, 1e-12);
  EXPECT_TRUE(svd.u.empty());
  EXPECT_TRUE(svd.v.empty());
}

}  // namespace svd_test
}  // namespace embed
