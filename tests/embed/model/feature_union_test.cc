#include "embed/model/feature_union.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "embed/model/vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace feature_union_test {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint32_t kNone = Vocabulary::kNotFound;

using Lists = std::vector<std::vector<uint64_t>>;  // of each id, keys of rows

FeatureMap MakeKeyed(const Lists& lists, Compose compose = Compose::kSum) {
  std::set<uint64_t> sorted;
  for (const auto& list : lists) sorted.insert(list.begin(), list.end());
  const std::vector<uint64_t> keys(sorted.begin(), sorted.end());
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> rows;
  for (const auto& list : lists) {
    for (const uint64_t key : list) {
      rows.push_back(static_cast<uint32_t>(
          std::find(keys.begin(), keys.end(), key) - keys.begin()));
    }
    offsets.push_back(rows.size());
  }
  auto map = FeatureMap::Create(offsets, rows, keys, compose);
  EXPECT_TRUE(map.ok()) << map.status();
  return *map;
}

std::vector<uint64_t> KeysOf(const FeatureMap& map, uint32_t id) {
  std::vector<uint64_t> keys;
  for (const uint32_t row : map.Rows(id)) keys.push_back(map.row_keys()[row]);
  return keys;
}

// Random maps: every id keeps its keys, every row finds its own in the second.
TEST(FeatureUnionTest, KeyedRowsKeepTheirKeys) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    Lists lists[2];
    for (Lists& list : lists) {
      list.resize(1 + random() % 20);
      for (auto& keys : list) {
        keys.resize(random() % 5);
        for (uint64_t& key : keys) key = random() % 40;
      }
      list[0] = {random() % 40};  // at least one row
    }
    // Some ids are in both, in another order; those left are added or not.
    const uint32_t both = static_cast<uint32_t>(
        random() % (std::min(lists[0].size(), lists[1].size()) + 1));
    std::vector<uint32_t> second_ids(lists[0].size(), kNone);
    for (uint32_t id = 0; id < both; ++id) second_ids[id] = both - 1 - id;
    const bool add = round % 2 == 0;
    for (uint32_t id = both; add && id < lists[1].size(); ++id) {
      second_ids.push_back(id);
    }
    const FeatureMap first = MakeKeyed(lists[0]);
    const FeatureMap second = MakeKeyed(lists[1]);
    const auto all = UniteFeatures(first, second, second_ids);
    ASSERT_TRUE(all.ok()) << all.status();
    ASSERT_EQ(all->features.num_ids(), second_ids.size());
    for (uint32_t id = 0; id < second_ids.size(); ++id) {
      EXPECT_EQ(KeysOf(all->features, id),
                id < lists[0].size() ? lists[0][id] : lists[1][second_ids[id]]);
    }
    ASSERT_EQ(all->second_rows.size(), all->features.num_rows());
    for (uint32_t row = 0; row < all->features.num_rows(); ++row) {
      const uint64_t key = all->features.row_keys()[row];
      const auto& theirs = second.row_keys();
      const auto at = std::find(theirs.begin(), theirs.end(), key);
      EXPECT_EQ(all->second_rows[row],
                at == theirs.end()
                    ? kNone
                    : static_cast<uint32_t>(at - theirs.begin()));
    }
  }
}

TEST(FeatureUnionTest, RowsOfIdsAndBucketsMoveApart) {
  // Two ids and three buckets; three ids and three buckets.
  const FeatureMap first = *FeatureMap::CreateWithoutKeys(
      {0, 2, 4}, {0, 2, 1, 4}, 5, Compose::kMean);
  const FeatureMap second = *FeatureMap::CreateWithoutKeys(
      {0, 2, 5, 7}, {0, 5, 1, 3, 4, 2, 4}, 6, Compose::kMean);
  // The first's id 1 is the second's id 2; ids 0 and 1 are added.
  const auto all = UniteFeatures(first, second, {kNone, 2, 0, 1});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->features.num_rows(), 7u);
  EXPECT_EQ(all->features.compose(), Compose::kMean);
  EXPECT_THAT(all->features.Rows(0), ElementsAre(0, 4));
  EXPECT_THAT(all->features.Rows(1), ElementsAre(1, 6));
  EXPECT_THAT(all->features.Rows(2), ElementsAre(2, 6));
  EXPECT_THAT(all->features.Rows(3), ElementsAre(3, 4, 5));
  EXPECT_THAT(all->second_rows, ElementsAre(kNone, 2, 0, 1, 3, 4, 5));
}

TEST(FeatureUnionTest, RefusesWhatIsNotAlike) {
  const FeatureMap keyed = MakeKeyed({{1}, {2}});
  const FeatureMap hashed =
      *FeatureMap::CreateWithoutKeys({0, 1, 2}, {2, 3}, 4, Compose::kSum);
  const FeatureMap larger =
      *FeatureMap::CreateWithoutKeys({0, 1, 2}, {2, 3}, 9, Compose::kSum);
  const std::vector<uint32_t> ids = {0, 1};
  EXPECT_TRUE(UniteFeatures(keyed, keyed, ids).ok());
  EXPECT_THAT(UniteFeatures(keyed, MakeKeyed({{1}, {2}}, Compose::kMean), ids)
                  .status()
                  .message(),
              HasSubstr("averaged"));
  EXPECT_THAT(UniteFeatures(keyed, hashed, ids).status().message(),
              HasSubstr("hashed"));
  EXPECT_THAT(UniteFeatures(hashed, larger, ids).status().message(),
              HasSubstr("equally many buckets"));
}

}  // namespace feature_union_test
}  // namespace embed
