#include "embed/math/pool.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "embed/math/metric.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/math/concat_ranking.h"

namespace embed {
namespace pool_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Four vectors of two numbers.
const std::vector<float> kRows = {1, 0, 3, -2, -1, 4, 5, 2};

std::vector<float> PoolRows(Pooling pooling, int window = 5) {
  return Pool(kRows, 2, {}, {pooling, window});
}

TEST(PoolTest, WorkedByHand) {
  EXPECT_THAT(PoolRows(Pooling::kMean), ElementsAre(2, 1));
  EXPECT_THAT(PoolRows(Pooling::kMax), ElementsAre(5, 4));
  EXPECT_THAT(PoolRows(Pooling::kConcat), ElementsAre(2, 1, 5, 4));
  // Means of two in a row: (2, -1), (1, 1), (2, 3).
  EXPECT_THAT(PoolRows(Pooling::kHierarchical, 2), ElementsAre(2, 3));
  const std::vector<double> weights = {1, 0.5, 0, 0.1};
  EXPECT_THAT(Pool(kRows, 2, weights, {Pooling::kSif, 5}),
              ElementsAre(0.75f, -0.2f));
}

TEST(PoolTest, WindowsOfOneAndOfAllAreMaxAndMean) {
  EXPECT_EQ(PoolRows(Pooling::kHierarchical, 1), PoolRows(Pooling::kMax));
  EXPECT_EQ(PoolRows(Pooling::kHierarchical, 4), PoolRows(Pooling::kMean));
  EXPECT_EQ(PoolRows(Pooling::kHierarchical, 99), PoolRows(Pooling::kMean));
}

TEST(PoolTest, OneVectorIsItself) {
  const std::vector<float> row = {0.5f, -3};
  for (const Pooling pooling :
       {Pooling::kMean, Pooling::kMax, Pooling::kHierarchical}) {
    EXPECT_EQ(Pool(row, 2, {}, {pooling, 3}), row);
  }
  EXPECT_EQ(PoolForRows(row, 2, {}, {Pooling::kConcat, 3}), row);
}

TEST(PoolForRowsTest, IsPoolButOfConcatTheMeanOfItsHalves) {
  EXPECT_THAT(PoolForRows(kRows, 2, {}, {Pooling::kConcat, 5}),
              ElementsAre(3.5f, 2.5f));
  const std::vector<float> large = {3e38f, -3e38f, 2e38f, -2e38f};
  EXPECT_THAT(PoolForRows(large, 2, {}, {Pooling::kConcat, 5}),
              ElementsAre(2.75e38f, -2.25e38f));
  const std::vector<double> weights = {1, 0.5, 0, 0.1};
  for (const Pooling pooling :
       {Pooling::kMean, Pooling::kMax, Pooling::kSif, Pooling::kHierarchical}) {
    EXPECT_EQ(PoolForRows(kRows, 2, weights, {pooling, 2}),
              Pool(kRows, 2, weights, {pooling, 2}));
  }
}

// The equations of the header, and the order that follows from them.
TEST(PoolForRowsTest, RanksAsTheConcatenations) {
  constexpr int kDim = 7;
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  const auto draw = [&](int rows) {
    TestRows drawn(rows, std::vector<float>(kDim));
    for (std::vector<float>& row : drawn) {
      for (float& value : row) value = normal(random);
    }
    return drawn;
  };
  const auto square = [](const auto& vector) {
    double sum = 0;
    for (const double value : vector) sum += value * value;
    return sum;
  };
  for (const int keys : {1, 2, 3, 10}) {
    const TestRows query = draw(keys);
    std::vector<float> joined;
    for (const auto& row : query) {
      joined.insert(joined.end(), row.begin(), row.end());
    }
    const std::vector<float> m =
        PoolForRows(joined, kDim, {}, {Pooling::kConcat, 5});
    const std::vector<double> both = Concatenation(query);
    std::vector<double> spread(kDim);
    for (int i = 0; i < kDim; ++i) spread[i] = both[i] - both[kDim + i];
    TestRows items = draw(200);
    for (const std::vector<float>& item : items) {
      EXPECT_NEAR(ConcatNearness(Metric::kDot, query, item),
                  2 * Nearness(Metric::kDot, m, item), 1e-5);
      EXPECT_NEAR(ConcatNearness(Metric::kL2, query, item),
                  2 * Nearness(Metric::kL2, m, item) - square(spread) / 2,
                  1e-5);
      EXPECT_NEAR(ConcatNearness(Metric::kCosine, query, item),
                  Nearness(Metric::kCosine, m, item) *
                      std::sqrt(2 * square(m) / square(both)),
                  1e-6);
    }
    for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
      std::sort(items.begin(), items.end(), [&](const auto& a, const auto& b) {
        return Nearness(metric, m, a) > Nearness(metric, m, b);
      });
      ExpectConcatOrder(metric, query, items);
    }
  }
}

TEST(PoolTest, WeightsOfSif) {
  EXPECT_DOUBLE_EQ(SifWeight(1e-3, 0, 100), 1);
  EXPECT_DOUBLE_EQ(SifWeight(1e-3, 0, 0), 1);
  EXPECT_DOUBLE_EQ(SifWeight(1e-3, 1, 1000), 0.5);
  EXPECT_DOUBLE_EQ(SifWeight(0.1, 30, 100), 0.25);
}

TEST(PoolTest, Names) {
  for (const Pooling pooling : {Pooling::kMean, Pooling::kMax, Pooling::kConcat,
                                Pooling::kSif, Pooling::kHierarchical}) {
    EXPECT_EQ(*PoolingFromName(PoolingName(pooling)), pooling);
  }
  EXPECT_THAT(std::string(PoolingFromName("sum").status().message()),
              HasSubstr("\"sum\" is none of mean, max, concat, sif, hier"));
}

}  // namespace pool_test
}  // namespace embed
