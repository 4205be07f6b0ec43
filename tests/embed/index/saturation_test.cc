#include "embed/index/saturation.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace saturation_test {

using Histogram = std::vector<uint64_t>;

TEST(SaturationTest, DivergenceByHand) {
  const Histogram histogram = {4, 2, 0, 1, 1};
  // P = (4, 2, 0, 1 + 1) / 8. Q: 4 and 2 become 3 and 3, the level of 0 and 1
  // keeps its 1 in the bin that is not empty; all / 7.
  const double expected = 0.5 * std::log(0.5 / (3.0 / 7)) +
                          0.25 * std::log(0.25 / (3.0 / 7)) +
                          0.25 * std::log(0.25 / (1.0 / 7));
  EXPECT_NEAR(SaturationDivergence(histogram, 4, 2), expected, 1e-12);
  // Each bin a level of its own: only what is cut off differs.
  const double cut = 4.0 / 8 * std::log((4.0 / 8) / (4.0 / 6)) +
                     4.0 / 8 * std::log((4.0 / 8) / (2.0 / 6));
  EXPECT_NEAR(SaturationDivergence(histogram, 2, 2), cut, 1e-12);
}

TEST(SaturationTest, AnEmptyLastBinCannotTakeTheRest) {
  EXPECT_TRUE(std::isinf(SaturationDivergence(Histogram{1, 1, 0, 1}, 3, 2)));
}

TEST(SaturationTest, EvenValuesAreNotCutOff) {
  EXPECT_EQ(SaturationThreshold(Histogram(2048, 10), 128), 2048);
}

TEST(SaturationTest, LoneFarValuesAre) {
  Histogram histogram(2048);
  for (size_t bin = 0; bin < 400; ++bin) {
    const double x = static_cast<double>(bin) / 100;
    histogram[bin] = static_cast<uint64_t>(1e6 * std::exp(-0.5 * x * x)) + 1;
  }
  histogram[2047] = 1;
  const double threshold = SaturationThreshold(histogram, 128);
  EXPECT_GT(threshold, 200);
  EXPECT_LT(threshold, 450);
  EXPECT_EQ(threshold - std::floor(threshold), 0.5);
}

TEST(SaturationTest, NothingAtAll) {
  EXPECT_EQ(SaturationThreshold(Histogram(2048), 128), 2048);
}

}  // namespace saturation_test
}  // namespace embed
