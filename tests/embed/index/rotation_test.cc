#include "embed/index/rotation.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace rotation_test {

TEST(RotationTest, RowsAreOrthonormal) {
  for (const int dim : {1, 2, 7, 64, 100}) {
    const std::vector<float> rotation = RandomRotation(dim, 3);
    for (int a = 0; a < dim; ++a) {
      for (int b = 0; b <= a; ++b) {
        double dot = 0;
        for (int j = 0; j < dim; ++j) {
          dot += double{rotation[a * dim + j]} * rotation[b * dim + j];
        }
        EXPECT_NEAR(dot, a == b ? 1 : 0, 1e-6) << dim << ": " << a << ", " << b;
      }
    }
  }
}

TEST(RotationTest, SeedDecides) {
  EXPECT_EQ(RandomRotation(20, 5), RandomRotation(20, 5));
  EXPECT_NE(RandomRotation(20, 5), RandomRotation(20, 6));
}

// In a uniform rotation each element squared has mean 1 / dim, and signs are
// even: neither holds if the signs of the QR decomposition are left in.
TEST(RotationTest, ElementsAreEvenlySpread) {
  constexpr int kDim = 8;
  constexpr int kSeeds = 2000;
  std::vector<double> sums(kDim * kDim);
  std::vector<double> squares(kDim * kDim);
  for (int seed = 0; seed < kSeeds; ++seed) {
    const std::vector<float> rotation = RandomRotation(kDim, seed);
    for (size_t i = 0; i < rotation.size(); ++i) {
      sums[i] += rotation[i];
      squares[i] += rotation[i] * rotation[i];
    }
  }
  // Standard errors: sqrt(1 / 8 / 2000) = 0.008 and about 0.0033.
  for (size_t i = 0; i < sums.size(); ++i) {
    EXPECT_NEAR(sums[i] / kSeeds, 0, 0.04) << i;
    EXPECT_NEAR(squares[i] / kSeeds, 1.0 / kDim, 0.0165) << i;
  }
}

TEST(RotationTest, BackUndoesIt) {
  const std::vector<float> rotation = RandomRotation(33, 1);
  std::vector<float> x(33);
  for (int j = 0; j < 33; ++j) x[j] = static_cast<float>(std::sin(j));
  std::vector<float> turned(33);
  std::vector<float> back(33);
  Rotate(rotation, x, absl::MakeSpan(turned));
  RotateBack(rotation, turned, absl::MakeSpan(back));
  double moved = 0;
  for (int j = 0; j < 33; ++j) {
    EXPECT_NEAR(back[j], x[j], 1e-5);
    moved += std::abs(turned[j] - x[j]);
  }
  EXPECT_GT(moved, 1);
}

}  // namespace rotation_test
}  // namespace embed
