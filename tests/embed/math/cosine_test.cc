#include "embed/math/cosine.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace cosine_test {

TEST(CosineTest, KnownAngles) {
  EXPECT_DOUBLE_EQ(Cosine({1, 0}, {5, 0}), 1);
  EXPECT_DOUBLE_EQ(Cosine({1, 2}, {-2, 1}), 0);
  EXPECT_DOUBLE_EQ(Cosine({1, 2}, {-2, -4}), -1);
  EXPECT_DOUBLE_EQ(Cosine({1, 0, 0}, {1, 1, 0}), std::sqrt(0.5));
}

TEST(CosineTest, LengthsDoNotMatter) {
  for (const float scale : {1e-38f, 1e-20f, 1.0f, 1e20f, 5e37f}) {
    EXPECT_NEAR(Cosine({3 * scale, 4 * scale}, {4 * scale, 3 * scale}), 0.96,
                1e-6)
        << scale;
  }
}

TEST(CosineTest, OneWithItself) {
  for (int i = 1; i < 1000; ++i) {
    const auto x = static_cast<float>(i);
    const std::vector<float> vector = {1.0f / x, 0.7f * x, -3.1f};
    EXPECT_EQ(Cosine(vector, vector), 1);
  }
}

TEST(CosineTest, ZeroVectorIsNearNothing) {
  EXPECT_EQ(Cosine({0, 0}, {1, 2}), 0);
  EXPECT_EQ(Cosine({1, 2}, {0, -0.0f}), 0);
  EXPECT_EQ(Cosine({0, 0}, {0, 0}), 0);
}

TEST(CosineTest, NotFiniteGivesNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {nan, infinity, -infinity}) {
    EXPECT_TRUE(std::isnan(Cosine({bad, 0}, {1, 1})));
    EXPECT_TRUE(std::isnan(Cosine({1, 1}, {bad, 0})));
    EXPECT_TRUE(std::isnan(Cosine({0, 0}, {bad, 0})));
    EXPECT_TRUE(std::isnan(Cosine({bad, 0}, {0, 0})));
  }
}

}  // namespace cosine_test
}  // namespace embed
