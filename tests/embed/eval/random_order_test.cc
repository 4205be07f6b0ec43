#include "embed/eval/random_order.h"

#include <algorithm>
#include <map>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"

namespace embed {
namespace random_order_test {

TEST(RandomOrderTest, AllOrdersAreEquallyLikely) {
  std::map<std::vector<uint32_t>, uint64_t> counts;
  for (uint64_t number = 0; number < 24000; ++number) {
    ++counts[RandomOrder(4, 1, RandomPurpose::kDataSplits, number)];
  }
  ASSERT_EQ(counts.size(), 24u);
  std::vector<uint64_t> observed;
  for (const auto& [order, count] : counts) observed.push_back(count);
  EXPECT_LT(ChiSquareDeviations(observed, std::vector<double>(24, 1.0)), 5);
}

TEST(RandomOrderTest, IsAPermutationOfItsName) {
  const auto order = RandomOrder(1000, 3, RandomPurpose::kDataSplits, 0);
  EXPECT_EQ(order, RandomOrder(1000, 3, RandomPurpose::kDataSplits, 0));
  EXPECT_NE(order, RandomOrder(1000, 4, RandomPurpose::kDataSplits, 0));
  EXPECT_NE(order, RandomOrder(1000, 3, RandomPurpose::kDataSplits, 1));
  std::vector<uint32_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(sorted[i], i);
  EXPECT_TRUE(RandomOrder(0, 1, RandomPurpose::kDataSplits, 0).empty());
}

TEST(RandomOrderTest, SamplesAreSetsOfTheirSize) {
  std::map<std::vector<uint32_t>, uint64_t> counts;
  for (uint64_t seed = 0; seed < 6000; ++seed) {
    ++counts[RandomSample(4, 2, seed, RandomPurpose::kDataSplits)];
  }
  ASSERT_EQ(counts.size(), 6u);
  std::vector<uint64_t> observed;
  for (const auto& [sample, count] : counts) {
    EXPECT_LT(sample[0], sample[1]);
    observed.push_back(count);
  }
  EXPECT_LT(ChiSquareDeviations(observed, std::vector<double>(6, 1.0)), 5);
  const std::vector<uint32_t> all = {0, 1, 2};
  EXPECT_EQ(RandomSample(3, 0, 1, RandomPurpose::kDataSplits), all);
  EXPECT_EQ(RandomSample(3, 9, 1, RandomPurpose::kDataSplits), all);
}

TEST(RandomOrderTest, SharesAreRoundedDownAsMeant) {
  EXPECT_EQ(TrainSize(10, 0.7), 7u);
  EXPECT_EQ(TrainSize(10, 0.3), 3u);
  EXPECT_EQ(TrainSize(10312, 0.1), 1031u);
  EXPECT_EQ(TrainSize(3, 0.5), 1u);
}

}  // namespace random_order_test
}  // namespace embed
