#include "embed/train/learning_rate.h"

#include <cmath>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace learning_rate_test {

using testing::HasSubstr;

LearningRate Rate(RateShape shape, double floor) {
  LearningRate rate;
  rate.rate = 0.8;
  rate.floor = floor;
  rate.shape = shape;
  return rate;
}

TEST(LearningRateTest, LinearFallsInProportionDownToItsFloor) {
  const LearningRate rate = Rate(RateShape::kLinear, 0.1);
  EXPECT_DOUBLE_EQ(rate.At(0), 0.8);
  EXPECT_DOUBLE_EQ(rate.At(0.25), 0.6);
  EXPECT_DOUBLE_EQ(rate.At(0.5), 0.4);
  EXPECT_DOUBLE_EQ(rate.At(0.9), 0.08);
  EXPECT_DOUBLE_EQ(rate.At(0.99), 0.08);
  EXPECT_DOUBLE_EQ(rate.At(1), 0.08);
}

// cos(pi/3) = 1/2, cos(pi/2) = 0, cos(2 pi/3) = -1/2.
TEST(LearningRateTest, CosineFallsAlongHalfAWave) {
  const LearningRate rate = Rate(RateShape::kCosine, 0.01);
  EXPECT_DOUBLE_EQ(rate.At(0), 0.8);
  EXPECT_NEAR(rate.At(1.0 / 3), 0.8 * 0.75, 1e-15);
  EXPECT_NEAR(rate.At(0.5), 0.8 * 0.5, 1e-15);
  EXPECT_NEAR(rate.At(2.0 / 3), 0.8 * 0.25, 1e-15);
  EXPECT_DOUBLE_EQ(rate.At(1), 0.8 * 0.01);
  // Symmetric about the middle where the floor does not cut in.
  for (double t = 0.1; t < 0.5; t += 0.05) {
    EXPECT_NEAR(rate.At(t) + rate.At(1 - t), 0.8, 1e-15);
  }
}

TEST(LearningRateTest, ConstantStays) {
  const LearningRate rate = Rate(RateShape::kConstant, 0.1);
  for (const double t : {0.0, 0.3, 0.999, 1.0}) EXPECT_EQ(rate.At(t), 0.8);
}

TEST(LearningRateTest, NeverRises) {
  for (const RateShape shape :
       {RateShape::kLinear, RateShape::kCosine, RateShape::kConstant}) {
    for (const double floor : {0.0, 1e-4, 1.0}) {
      const LearningRate rate = Rate(shape, floor);
      double before = rate.At(0);
      for (int step = 1; step <= 1000; ++step) {
        const double now = rate.At(step / 1000.0);
        EXPECT_LE(now, before);
        EXPECT_GE(now, floor * rate.rate);
        before = now;
      }
    }
  }
}

TEST(LearningRateTest, RefusesWhatIsNoRate) {
  EXPECT_TRUE(LearningRate().Validate().ok());
  const double nan = std::nan("");
  for (const double bad :
       {0.0, -1.0, nan, std::numeric_limits<double>::infinity()}) {
    LearningRate rate;
    rate.rate = bad;
    EXPECT_EQ(rate.Validate().code(), absl::StatusCode::kInvalidArgument);
  }
  for (const double bad : {-0.5, 2.0, nan}) {
    const absl::Status status = Rate(RateShape::kLinear, bad).Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("floor"));
  }
}

}  // namespace learning_rate_test
}  // namespace embed
