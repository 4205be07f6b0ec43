#include "embed/index/int8_codec.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/index/test_vectors.h"

namespace embed {
namespace int8_codec_test {

TEST(Int8CodecTest, RoundsToTheNearestStepAndHasLengthOne) {
  const TestMatrix rows = ClusteredVectors(50, 33, 1, 1);
  const Int8CodecParts parts =
      FitInt8Codec(rows.view(), Int8Rotation::kNever, 1, 1);
  const Int8Codec codec = parts.codec();
  std::vector<float> unit(33);
  std::vector<int8_t> codes(33);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    ASSERT_TRUE(codec.ToUnit(rows.view().row(i), absl::MakeSpan(unit)));
    const Int8RowFactors factors =
        EncodeInt8Row(codec, unit, absl::MakeSpan(codes));
    double largest = 0;
    for (int j = 0; j < 33; ++j) {
      largest = std::max(largest, std::abs(double{unit[j]} - codec.mean[j]));
    }
    const double step = largest / 127;
    double length = 0;
    for (int j = 0; j < 33; ++j) {
      const double expected = (unit[j] - codec.mean[j]) / step;
      EXPECT_NEAR(codes[j], expected, 0.5 + 1e-4);
      EXPECT_GE(codes[j], -127);
      const double value =
          factors.weight * codec.mean[j] + factors.multiplier * codes[j];
      length += value * value;
    }
    EXPECT_NEAR(length, 1, 1e-6);
    EXPECT_NEAR(factors.multiplier / factors.weight, step, 1e-6 * step);
  }
}

TEST(Int8CodecTest, MeanIsThatOfTheNonZeroDirections) {
  TestMatrix rows(3, 2);
  rows.values = {3, 4, 0, 0, 1e30f, 0};
  const Int8CodecParts parts =
      FitInt8Codec(rows.view(), Int8Rotation::kNever, 1, 1);
  EXPECT_NEAR(parts.mean[0], 0.8, 1e-6);
  EXPECT_NEAR(parts.mean[1], 0.4, 1e-6);
}

TEST(Int8CodecTest, AnyMagnitudeHasADirection) {
  const Int8CodecParts parts = {{0, 0, 0}, {}};
  std::vector<float> unit(3);
  const float denormal = std::numeric_limits<float>::denorm_min();
  const float huge = std::numeric_limits<float>::max();
  for (const float x : {denormal, 1e-30f, 1.0f, huge}) {
    const std::vector<float> row = {x, 0, -x};
    ASSERT_TRUE(parts.codec().ToUnit(row, absl::MakeSpan(unit)));
    EXPECT_NEAR(unit[0], std::sqrt(0.5), 1e-6) << x;
    EXPECT_NEAR(unit[2], -std::sqrt(0.5), 1e-6) << x;
  }
  EXPECT_FALSE(parts.codec().ToUnit({0, -0.0f, 0}, absl::MakeSpan(unit)));
  EXPECT_EQ(unit, std::vector<float>(3, 0));
}

// One large value a row, at random places: the rest has few steps, unless the
// axes are turned.
TEST(Int8CodecTest, RotatesHeavyTailedRowsOnly) {
  TestMatrix heavy(2000, 64);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (uint64_t i = 0; i < heavy.rows; ++i) {
    for (int j = 0; j < 64; ++j) heavy.row(i)[j] = NormalNumber(&random);
    heavy.row(i)[random.Below(64)] *= 30;
  }
  const auto rotated =
      FitInt8Codec(heavy.view(), Int8Rotation::kWhenBetter, 1, 1);
  const auto plain = FitInt8Codec(heavy.view(), Int8Rotation::kNever, 1, 1);
  EXPECT_FALSE(rotated.rotation.empty());
  EXPECT_TRUE(plain.rotation.empty());
  EXPECT_LT(Int8SquaredError(rotated.codec(), heavy.view()),
            0.5 * Int8SquaredError(plain.codec(), heavy.view()));

  const TestMatrix even = ClusteredVectors(2000, 64, 1, 1);
  EXPECT_TRUE(FitInt8Codec(even.view(), Int8Rotation::kWhenBetter, 1, 1)
                  .rotation.empty());
}

TEST(Int8CodecTest, FitDoesNotDependOnThreads) {
  const TestMatrix rows = ClusteredVectors(9000, 12, 1, 1);
  const auto one = FitInt8Codec(rows.view(), Int8Rotation::kAlways, 1, 1);
  for (const int threads : {2, 3, 8}) {
    const auto many =
        FitInt8Codec(rows.view(), Int8Rotation::kAlways, 1, threads);
    EXPECT_EQ(one.mean, many.mean);
    EXPECT_EQ(one.rotation, many.rotation);
  }
}

TEST(Int8CodecTest, FindsTheFirstRowThatIsNotFinite) {
  TestMatrix rows = ClusteredVectors(100, 5, 1, 1);
  EXPECT_EQ(FirstNonFiniteRow(rows.view(), 3), std::nullopt);
  rows.row(90)[4] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(FirstNonFiniteRow(rows.view(), 3), 90u);
  rows.row(17)[0] = std::numeric_limits<float>::quiet_NaN();
  for (const int threads : {1, 2, 7}) {
    EXPECT_EQ(FirstNonFiniteRow(rows.view(), threads), 17u);
  }
}

}  // namespace int8_codec_test
}  // namespace embed
