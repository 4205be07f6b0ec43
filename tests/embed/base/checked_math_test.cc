#include "embed/base/checked_math.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace embed {
namespace checked_math_test {

constexpr uint64_t kMax = UINT64_MAX;

TEST(CheckedMathTest, MultipliesWhatFits) {
  uint64_t result = 0;
  EXPECT_TRUE(CheckedMultiply(0, kMax, &result));
  EXPECT_EQ(result, 0u);
  EXPECT_TRUE(CheckedMultiply(1, kMax, &result));
  EXPECT_EQ(result, kMax);
  EXPECT_TRUE(CheckedMultiply(0xFFFFFFFF, 0x100000001, &result));
  EXPECT_EQ(result, kMax);
  EXPECT_FALSE(CheckedMultiply(uint64_t{1} << 32, uint64_t{1} << 32, &result));
  EXPECT_FALSE(CheckedMultiply(2, kMax / 2 + 1, &result));
}

TEST(CheckedMathTest, AddsWhatFits) {
  uint64_t result = 0;
  EXPECT_TRUE(CheckedAdd(kMax - 1, 1, &result));
  EXPECT_EQ(result, kMax);
  EXPECT_FALSE(CheckedAdd(kMax, 1, &result));
  EXPECT_FALSE(CheckedAdd(kMax, kMax, &result));
}

TEST(CheckedMathTest, SaturatesWhereItDoesNotFit) {
  EXPECT_EQ(SaturatingMultiply(0, kMax), 0u);
  EXPECT_EQ(SaturatingMultiply(kMax, 0), 0u);
  EXPECT_EQ(SaturatingMultiply(kMax, 1), kMax);
  EXPECT_EQ(SaturatingMultiply(0xFFFFFFFF, 0x100000001), kMax);
  EXPECT_EQ(SaturatingMultiply(3, 5), 15u);
  EXPECT_EQ(SaturatingMultiply(uint64_t{1} << 32, uint64_t{1} << 32), kMax);
  EXPECT_EQ(SaturatingMultiply(kMax / 2 + 1, 2), kMax);
  EXPECT_EQ(SaturatingAdd(kMax - 1, 1), kMax);
  EXPECT_EQ(SaturatingAdd(3, 5), 8u);
  EXPECT_EQ(SaturatingAdd(kMax - 1, 2), kMax);
}

TEST(CheckedMathTest, RoundsUpToMultiples) {
  for (uint64_t alignment = 1; alignment <= 64; alignment *= 2) {
    for (uint64_t value = 0; value < 200; ++value) {
      uint64_t expected = 0;
      while (expected < value) expected += alignment;
      ASSERT_EQ(RoundUp(value, alignment), expected);
    }
  }
  EXPECT_EQ(RoundUp(kMax - 63, 64), kMax - 63);
  EXPECT_EQ(RoundUp(kMax - 64, 64), kMax - 63);
}

}  // namespace checked_math_test
}  // namespace embed
