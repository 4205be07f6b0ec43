#include "embed/kernels/loss_sum.h"

#include <algorithm>
#include <cmath>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace loss_sum_test {

// Fills the lanes as a kernel does, flushing when the factors are used up.
TEST(LossSumTest, EqualsTheSumOfSoftplus) {
  Philox random(1, RandomPurpose::kTest, 0, 0);
  LossSum loss;
  double expected = 0;
  for (int i = 0; i < 1000; ++i) {
    if (loss.factors == LossSum::kMaxFactors) loss.Flush();
    for (int lane = 0; lane < LossSum::kLanes; ++lane) {
      const float x = static_cast<float>(random.NextDouble() * 20 - 10);
      loss.linear[lane] += std::max(x, 0.0f);
      loss.product[lane] *= 1 + std::exp(-std::abs(x));
      expected += std::log1p(std::exp(static_cast<double>(x)));
    }
    ++loss.factors;
  }
  EXPECT_NEAR(loss.Take(), expected, 1e-6 * expected);
}

// The largest factor is 2: a product of kMaxFactors of them must not overflow.
TEST(LossSumTest, HoldsTheLargestProduct) {
  LossSum loss;
  for (int i = 0; i < LossSum::kMaxFactors; ++i) {
    for (float& product : loss.product) product *= 2;
  }
  EXPECT_NEAR(loss.Take(), 16 * 120 * std::log(2.0), 1e-9);
}

TEST(LossSumTest, TakeStartsAnew) {
  LossSum loss;
  EXPECT_EQ(loss.Take(), 0);
  loss.linear[3] = 2;
  loss.total = 1;
  loss.factors = 7;
  EXPECT_EQ(loss.Take(), 3);
  EXPECT_EQ(loss.factors, 0);
  EXPECT_EQ(loss.Take(), 0);
}

}  // namespace loss_sum_test
}  // namespace embed
