#include "embed/index/symmetric_codes.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace symmetric_codes_test {

using testing::ElementsAre;
using Codes = std::vector<int8_t>;
using Row = std::vector<float>;

TEST(SymmetricCodesTest, PlainUsesTheWholeRange) {
  Codes codes(4);
  const float step =
      EncodePlain(Row{-2.54f, 1.27f, 0.011f, 0}, absl::MakeSpan(codes));
  EXPECT_FLOAT_EQ(step, 0.02f);
  // 63.5 and 0.55 in steps; float rounding decides the tie.
  EXPECT_EQ(codes[0], -127);
  EXPECT_NEAR(codes[1], 63.5, 0.5);
  EXPECT_EQ(codes[2], 1);
  EXPECT_EQ(codes[3], 0);
}

TEST(SymmetricCodesTest, PowerOfTwoFollowsTheLargestValue) {
  Codes codes(3);
  // ceil(log2 0.9) = 0: 7 bits behind the point.
  EXPECT_EQ(EncodePowerOfTwo(Row{0.9f, -0.25f, 0.004f}, absl::MakeSpan(codes)),
            0x1p-7f);
  EXPECT_THAT(codes, ElementsAre(115, -32, 1));
  // ceil(log2 1.1) = 1.
  EXPECT_EQ(EncodePowerOfTwo(Row{1.1f, 0, 0}, absl::MakeSpan(codes)), 0x1p-6f);
  EXPECT_THAT(codes, ElementsAre(70, 0, 0));
  // A power of two itself: 128 steps, of which 127 are left.
  EXPECT_EQ(EncodePowerOfTwo(Row{-2, 1, 0}, absl::MakeSpan(codes)), 0x1p-6f);
  EXPECT_THAT(codes, ElementsAre(-127, 64, 0));
}

TEST(SymmetricCodesTest, SaturatingCutsOff) {
  Codes codes(4);
  EncodeSaturating(Row{1, -0.26f, 0.05f, -9}, 0.1f, absl::MakeSpan(codes));
  EXPECT_THAT(codes, ElementsAre(10, -3, 0, -90));
  EncodeSaturating(Row{13, -13, 12.7f, 0}, 0.1f, absl::MakeSpan(codes));
  EXPECT_THAT(codes, ElementsAre(127, -127, 127, 0));
}

// The error of a clip, by its definition.
double ErrorOf(const Row& y, double step) {
  double sum = 0;
  for (const float value : y) {
    const double code = std::clamp(std::round(value / step), -7.0, 7.0);
    sum += (value - step * code) * (value - step * code);
  }
  return sum;
}

TEST(SymmetricCodesTest, Int4IsTheBestOfItsClips) {
  Philox random(1, RandomPurpose::kTest, 1, 0);
  for (int trial = 0; trial < 50; ++trial) {
    Row y(100);
    float largest = 0;
    for (float& value : y) {
      const double uniform = random.NextDouble() - 0.5;
      value = static_cast<float>(uniform * uniform * uniform * 8);
      largest = std::max(largest, std::abs(value));
    }
    Codes codes(100);
    const double step = EncodeInt4(y, absl::MakeSpan(codes));
    EXPECT_LE(*std::max_element(codes.begin(), codes.end()), 7);
    EXPECT_GE(*std::min_element(codes.begin(), codes.end()), -7);
    double error = 0;
    for (size_t j = 0; j < y.size(); ++j) {
      error += std::pow(y[j] - step * codes[j], 2);
    }
    for (int clip = 16; clip <= 32; ++clip) {
      EXPECT_LE(error, ErrorOf(y, largest / 7.0 * clip / 32) * 1.0001);
    }
  }
}

TEST(SymmetricCodesTest, ZerosStayZerosAndTinyNumbersAreSafe) {
  for (const float value : {0.0f, -0.0f, 1e-45f, -1e-40f, 3e38f}) {
    const Row y(5, value);
    Codes codes(5, 99);
    for (const auto encode : {&EncodePlain, &EncodePowerOfTwo, &EncodeInt4}) {
      const float step = encode(y, absl::MakeSpan(codes));
      EXPECT_TRUE(std::isfinite(step));
      if (step == 0) {
        EXPECT_EQ(codes[0], 0);
      }
      if (std::abs(value) > 1e-38f) {
        EXPECT_NEAR(step * static_cast<float>(codes[0]) / value, 1, 0.08);
      }
    }
  }
}

}  // namespace symmetric_codes_test
}  // namespace embed
