#include "embed/kernels/half_rows.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "gtest/gtest.h"

namespace embed {
namespace half_rows_test {

// By the definition of binary16: sign, 5 bits of exponent, 10 of fraction.
double ByDefinition(uint16_t half) {
  const double sign = (half & 0x8000) != 0 ? -1 : 1;
  const int exponent = half >> 10 & 31;
  const int fraction = half & 1023;
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::nan("");
  }
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(HalfRowsTest, EveryHalfIsItsNumber) {
  for (uint32_t half = 0; half < 65536; ++half) {
    const double expected = ByDefinition(static_cast<uint16_t>(half));
    const float value = HalfToFloat(static_cast<uint16_t>(half));
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(value)) << half;
      EXPECT_TRUE(std::isnan(HalfToFloat(FloatToHalf(value))));
      continue;
    }
    EXPECT_EQ(value, expected) << half;
    EXPECT_EQ(std::signbit(value), std::signbit(expected));
    EXPECT_EQ(FloatToHalf(value), half);
  }
}

// Between two neighbours the nearer one, the even one in the middle.
TEST(HalfRowsTest, RoundsToTheNearestEven) {
  for (uint32_t half = 0; half < 0x7BFF; ++half) {
    const uint16_t low = static_cast<uint16_t>(half);
    const uint16_t high = static_cast<uint16_t>(half + 1);
    const float middle = static_cast<float>(
        (ByDefinition(low) + ByDefinition(high)) / 2);  // exact
    EXPECT_EQ(FloatToHalf(middle), half % 2 == 0 ? low : high) << half;
    EXPECT_EQ(FloatToHalf(std::nextafter(middle, 0.0f)), low);
    EXPECT_EQ(FloatToHalf(std::nextafter(middle, 1e9f)), high);
    EXPECT_EQ(FloatToHalf(-middle), 0x8000 | FloatToHalf(middle));
  }
  EXPECT_EQ(FloatToHalf(65519.0f), 0x7BFF);
  EXPECT_EQ(FloatToHalf(65520.0f), 0x7C00);
  EXPECT_EQ(FloatToHalf(1e30f), 0x7C00);
  EXPECT_EQ(FloatToHalf(-std::numeric_limits<float>::infinity()), 0xFC00);
  EXPECT_EQ(FloatToHalf(1e-30f), 0);
}

TEST(HalfRowsTest, SumsAreThoseOfEveryTarget) {
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (const size_t groups : {0, 1, 2, 3, 32, 75}) {
    std::vector<double> values(4 * groups);
    std::vector<uint16_t> row(4 * groups);
    double dot = 0;
    double squared = 0;
    double size = 0;
    for (size_t j = 0; j < row.size(); ++j) {
      values[j] = static_cast<float>(random.NextDouble() * 2 - 1);
      row[j] = FloatToHalf(static_cast<float>(random.NextDouble() - 0.5));
      const double number = ByDefinition(row[j]);
      dot += values[j] * number;
      squared += number * number;
      size += std::abs(values[j] * number) + number * number;
    }
    const HalfSums sums = DotValuesHalf(values.data(), row.data(), groups);
    EXPECT_NEAR(sums.dot, dot, 1e-15 * (1 + size));
    EXPECT_NEAR(sums.squared, squared, 1e-15 * (1 + size));
    for (const std::string& target : AvailableCpuTargets()) {
      ASSERT_TRUE(ForceCpuTarget(target).ok());
      const HalfSums other = DotValuesHalf(values.data(), row.data(), groups);
      EXPECT_EQ(other.dot, sums.dot) << target;
      EXPECT_EQ(other.squared, sums.squared) << target;
    }
    ASSERT_TRUE(ForceCpuTarget("auto").ok());
  }
}

}  // namespace half_rows_test
}  // namespace embed
