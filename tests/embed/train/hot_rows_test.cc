#include "embed/train/hot_rows.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

using testing::ElementsAre;

// Three ids over four rows; uses by weight: row 0 once 1, row 1 2 + 2 + 4, row
// 2 not at all, row 3 1 + 4.
FeatureMap Features() {
  return *FeatureMap::CreateWithoutKeys({0, 2, 4, 6}, {0, 3, 1, 1, 3, 1}, 4,
                                        Compose::kSum);
}
const std::vector<double> kWeights = {1, 2, 4};

EmbeddingTable Table() {
  EmbeddingTable table = *EmbeddingTable::Create(4, 3);
  table.FillUniform(1.0f, 7, 1);
  return table;
}

TEST(HotRowsTest, TheRowsUsedMostAreHot) {
  const FeatureMap map = Features();
  const HotFeatures two(&map, kWeights, 2);
  EXPECT_THAT(two.hot_rows(), ElementsAre(1, 3));
  EXPECT_THAT(two.Codes(0), ElementsAre(2 + 0, 1));
  EXPECT_THAT(two.Codes(1), ElementsAre(0, 0));
  EXPECT_THAT(two.Codes(2), ElementsAre(1, 0));
  // A row that nothing uses is never hot.
  EXPECT_THAT(HotFeatures(&map, kWeights, 9).hot_rows(), ElementsAre(1, 3, 0));
  EXPECT_THAT(HotFeatures(&map, kWeights, 0).Codes(0), ElementsAre(0, 3));
}

TEST(HotRowsTest, ColdRowsAreTheTablesOwn) {
  const FeatureMap map = Features();
  EmbeddingTable table = Table();
  const HotFeatures features(&map, kWeights, 2);
  HotRows rows(&features, &table);
  EXPECT_TRUE(rows.IsCold(2));
  EXPECT_FALSE(rows.IsCold(1));
  EXPECT_EQ(rows.Row(2 + 0), table.row(0));
  EXPECT_NE(rows.Row(1), table.row(3));
}

TEST(HotRowsTest, AloneTheTableGetsTheSameBits) {
  const FeatureMap map = Features();
  EmbeddingTable table = Table();
  EmbeddingTable plain = Table();
  const HotFeatures features(&map, kWeights, 2);
  HotRows rows(&features, &table);
  for (int block = 0; block < 3; ++block) {
    for (int step = 0; step < 5; ++step) {
      rows.Row(0)[1] += 0.1f / static_cast<float>(step + 1);
      plain.row(1)[1] += 0.1f / static_cast<float>(step + 1);
    }
    rows.Flush();
    for (int r = 0; r < 4; ++r) {
      for (int c = 0; c < 3; ++c) {
        EXPECT_EQ(table.row(r)[c], plain.row(r)[c]);
      }
    }
  }
}

TEST(HotRowsTest, ChangesOfSeveralThreadsAddUp) {
  const FeatureMap map = Features();
  EmbeddingTable table = Table();
  const HotFeatures features(&map, kWeights, 1);
  HotRows first(&features, &table);
  HotRows second(&features, &table);
  const float start = table.row(1)[0];
  first.Row(0)[0] += 0.5f;
  second.Row(0)[0] += 0.25f;
  EXPECT_EQ(table.row(1)[0], start);
  first.Flush();
  second.Flush();
  EXPECT_FLOAT_EQ(table.row(1)[0], start + 0.75f);
  // What was flushed is not added again.
  first.Row(0);
  first.Flush();
  EXPECT_FLOAT_EQ(table.row(1)[0], start + 0.75f);
}

}  // namespace
}  // namespace embed
