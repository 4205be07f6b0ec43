#include "embed/kernels/int8_top_k.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace int8_top_k_test {

TEST(Int8TopKTest, EqualsSortingForAnyKAndManyTies) {
  for (const size_t k : {1, 2, 10, 100, 999, 1000, 2000}) {
    for (const uint32_t values : {2, 50, 1000000}) {
      Philox random(1, RandomPurpose::kTest, values, k);
      std::vector<Int8Hit> all;
      Int8TopK top(k);
      for (uint32_t row = 0; row < 1000; ++row) {
        const float score = static_cast<float>(random.Below(values));
        all.push_back({score, row});
        if (score > top.threshold()) {
          const float threshold = top.Push(score, row);
          ASSERT_EQ(threshold, top.threshold());
        }
      }
      std::stable_sort(
          all.begin(), all.end(),
          [](const Int8Hit& a, const Int8Hit& b) { return a.score > b.score; });
      const std::vector<Int8Hit> hits = top.TakeSorted();
      ASSERT_EQ(hits.size(), std::min<size_t>(k, 1000));
      for (size_t i = 0; i < hits.size(); ++i) {
        ASSERT_EQ(hits[i].row, all[i].row) << i;
        ASSERT_EQ(hits[i].score, all[i].score) << i;
      }
      EXPECT_TRUE(top.TakeSorted().empty());
    }
  }
}

TEST(Int8TopKTest, FloorIsTheFirstThreshold) {
  Int8TopK top(5, 2.5f);
  EXPECT_EQ(top.threshold(), 2.5f);
  EXPECT_EQ(top.Push(3, 0), 2.5f);
  EXPECT_EQ(top.TakeSorted().size(), 1u);
}

}  // namespace int8_top_k_test
}  // namespace embed
