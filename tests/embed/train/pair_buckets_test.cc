#include "embed/train/pair_buckets.h"

#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace pair_buckets_test {

std::vector<RowPair> RandomPairs(size_t count, uint32_t rows) {
  Philox random(5, RandomPurpose::kTest, 0, 0);
  std::vector<RowPair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t input = random.Below(rows);
    pairs.push_back({input, random.Below(rows)});
  }
  return pairs;
}

TEST(PairBucketsTest, EachBucketHasItsPairsInOrder) {
  PairBuckets buckets;  // reused, also for fewer
  for (const uint32_t count : {4, 1, 16}) {
    for (const size_t size : {1000, 37, 0}) {
      const std::vector<RowPair> pairs = RandomPairs(size, 100);
      const RowParts parts(count);
      buckets.Sort(pairs, parts);
      for (uint32_t i = 0; i < count; ++i) {
        for (uint32_t j = 0; j < count; ++j) {
          std::vector<RowPair> expected;
          for (const RowPair& pair : pairs) {
            if (parts.PartOf(pair.input) == i &&
                parts.PartOf(pair.output) == j) {
              expected.push_back(pair);
            }
          }
          const absl::Span<const RowPair> found = buckets.bucket(i, j);
          ASSERT_EQ(found.size(), expected.size());
          for (size_t k = 0; k < expected.size(); ++k) {
            EXPECT_EQ(found[k].input, expected[k].input);
            EXPECT_EQ(found[k].output, expected[k].output);
          }
        }
      }
    }
  }
}

}  // namespace pair_buckets_test
}  // namespace embed
