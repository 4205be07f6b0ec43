#include "embed/math/metric.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace metric_test {

TEST(MetricTest, NamesAreReadBack) {
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    EXPECT_EQ(MetricFromName(MetricName(metric)).value(), metric);
  }
  EXPECT_FALSE(MetricFromName("L2").ok());
  EXPECT_EQ(MetricFromName("ip").status().message(),
            "\"ip\" is none of cosine, dot, l2");
}

TEST(MetricTest, NearnessOfKnownVectors) {
  const std::vector<float> a = {3, 4};
  const std::vector<float> b = {4, 3};
  EXPECT_DOUBLE_EQ(Nearness(Metric::kCosine, a, b), 24.0 / 25);
  EXPECT_DOUBLE_EQ(Nearness(Metric::kDot, a, b), 24);
  EXPECT_DOUBLE_EQ(Nearness(Metric::kL2, a, b), -2);
  EXPECT_DOUBLE_EQ(NearnessTie(Metric::kCosine, a, b), 1e-7);
  EXPECT_DOUBLE_EQ(NearnessTie(Metric::kDot, a, b), 25e-7);
  EXPECT_DOUBLE_EQ(NearnessTie(Metric::kL2, a, b), 50e-7);
}

TEST(MetricTest, ZeroIsNearNothingByCosineOnly) {
  const std::vector<float> zero = {0, 0};
  const std::vector<float> b = {4, 3};
  EXPECT_EQ(Nearness(Metric::kCosine, zero, b), 0);
  EXPECT_EQ(Nearness(Metric::kDot, zero, b), 0);
  EXPECT_EQ(Nearness(Metric::kL2, zero, b), -25);
}

TEST(MetricTest, AnyFloatsGiveFiniteNumbers) {
  const std::vector<float> huge(5, 3e38f);
  const std::vector<float> tiny(5, -1e-45f);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    EXPECT_TRUE(std::isfinite(Nearness(metric, huge, huge)));
    EXPECT_TRUE(std::isfinite(Nearness(metric, huge, tiny)));
  }
  EXPECT_NEAR(Nearness(Metric::kCosine, huge, tiny), -1, 1e-12);
  EXPECT_NEAR(Nearness(Metric::kCosine, tiny, tiny), 1, 1e-12);
}

}  // namespace metric_test
}  // namespace embed
