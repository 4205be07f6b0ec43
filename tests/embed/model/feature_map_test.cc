#include "embed/model/feature_map.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace feature_map_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(FeatureMapTest, ADefaultMapIsTheIdentity) {
  EXPECT_TRUE(FeatureMap().empty());
  EXPECT_EQ(FeatureMap().num_ids(), 0u);
  EXPECT_EQ(FeatureMap().num_rows(), 0u);
}

TEST(FeatureMapTest, ListsTheRowsOfEachId) {
  const FeatureMap map = *FeatureMap::Create({0, 2, 2, 5}, {1, 0, 2, 2, 1},
                                             {10, 20, 35}, Compose::kMean);
  EXPECT_FALSE(map.empty());
  EXPECT_EQ(map.num_ids(), 3u);
  EXPECT_EQ(map.num_rows(), 3u);
  EXPECT_EQ(map.compose(), Compose::kMean);
  EXPECT_THAT(map.Rows(0), ElementsAre(1, 0));
  EXPECT_THAT(map.Rows(1), IsEmpty());
  EXPECT_THAT(map.Rows(2), ElementsAre(2, 2, 1));
  EXPECT_THAT(map.offsets(), ElementsAre(0, 2, 2, 5));
  EXPECT_THAT(map.rows(), ElementsAre(1, 0, 2, 2, 1));
  EXPECT_THAT(map.row_keys(), ElementsAre(10, 20, 35));
}

struct BadMap {
  std::vector<uint64_t> offsets;
  std::vector<uint32_t> rows;
  std::vector<uint64_t> row_keys;
  std::string message;
};

TEST(FeatureMapTest, RefusesWhatDoesNotFitNamingIt) {
  const std::vector<BadMap> bad = {
      {{}, {}, {}, "from 0"},
      {{1, 2}, {0, 0}, {7}, "from 0"},
      {{0, 1}, {0, 0}, {7}, "number of features"},
      {{0, 3}, {0, 0}, {7}, "number of features"},
      {{0, 2, 1, 2}, {0, 0}, {7}, "offset 2"},
      {{0, 2}, {0, 1}, {7}, "feature 1 names row 1 of 1"},
      {{0, 1}, {0}, {}, "feature 0 names row 0 of 0"},
      {{0, 1}, {0}, {7, 7}, "key 1"},
      {{0, 1}, {0}, {7, 9, 8}, "key 2"},
  };
  for (const BadMap& map : bad) {
    const absl::Status status =
        FeatureMap::Create(map.offsets, map.rows, map.row_keys, Compose::kSum)
            .status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(map.message));
  }
}

// Offsets beyond the list that come back in time must not be believed.
TEST(FeatureMapTest, RefusesOffsetsBeyondTheRows) {
  EXPECT_FALSE(FeatureMap::Create({0, 1000, 1}, {0}, {7}, Compose::kSum).ok());
}

}  // namespace feature_map_test
}  // namespace embed
