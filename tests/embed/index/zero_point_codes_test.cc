#include "embed/index/zero_point_codes.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace zero_point_codes_test {

using testing::ElementsAre;
using Codes = std::vector<int8_t>;
using Row = std::vector<float>;

TEST(ZeroPointCodesTest, RangeIsFromSmallestToLargest) {
  Codes codes(4);
  const ZeroPointStep result =
      EncodeZeroPoint(Row{-1, 1.55f, 0, 0.5f}, absl::MakeSpan(codes));
  EXPECT_FLOAT_EQ(result.step, 0.01f);
  EXPECT_EQ(result.zero, 100);
  // 0, 255, 100, 150, each less by 128.
  EXPECT_THAT(codes, ElementsAre(-128, 127, -28, 22));
}

TEST(ZeroPointCodesTest, ZeroIsExactAndInTheRange) {
  Codes codes(3);
  ZeroPointStep result =
      EncodeZeroPoint(Row{5.1f, 2.55f, 0}, absl::MakeSpan(codes));
  EXPECT_EQ(result.zero, 0);
  EXPECT_FLOAT_EQ(result.step, 0.02f);
  EXPECT_EQ(codes[2], -128);
  result = EncodeZeroPoint(Row{-5.1f, -3, -0.2f}, absl::MakeSpan(codes));
  EXPECT_EQ(result.zero, 255);
  EXPECT_EQ(codes[0], -128);
}

TEST(ZeroPointCodesTest, EveryValueIsWithinHalfAStepOrSo) {
  Row y;
  for (int i = 0; i < 300; ++i)
    y.push_back(std::sin(0.1f * static_cast<float>(i)) + 0.3f);
  Codes codes(y.size());
  const ZeroPointStep result = EncodeZeroPoint(y, absl::MakeSpan(codes));
  for (size_t j = 0; j < y.size(); ++j) {
    const int code = codes[j] + 128;
    // The zero point is rounded, too, which may cut the ends off.
    EXPECT_NEAR(result.step * static_cast<float>(code - result.zero), y[j],
                1.001 * result.step);
  }
}

TEST(ZeroPointCodesTest, ZerosAndTinyNumbersHaveNoStep) {
  Codes codes(2);
  const ZeroPointStep result =
      EncodeZeroPoint(Row{0, -0.0f}, absl::MakeSpan(codes));
  EXPECT_EQ(result.step, 0);
  EXPECT_EQ(result.zero, 0);
  EXPECT_EQ(EncodeZeroPoint(Row{1e-45f, 0}, absl::MakeSpan(codes)).step, 0);
}

}  // namespace zero_point_codes_test
}  // namespace embed
