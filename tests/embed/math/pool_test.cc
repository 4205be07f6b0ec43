#include "embed/math/pool.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

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
