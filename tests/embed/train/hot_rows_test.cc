#include "embed/train/hot_rows.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace hot_rows_test {

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

TEST(HotRowsTest, OccurrencesAreSquaredRowByRow) {
  const FeatureMap map = *FeatureMap::CreateWithoutKeys(
      {0, 2, 2, 8}, {0, 3, 1, 3, 1, 0, 1, 3}, 4, Compose::kMean);
  const HotFeatures features(&map, kWeights, 2);
  EXPECT_EQ(features.SquaredOccurrences(0), 1 + 1);
  EXPECT_EQ(features.SquaredOccurrences(1), 0);
  EXPECT_EQ(features.SquaredOccurrences(2), 3 * 3 + 2 * 2 + 1);
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

// Other threads see what has changed, and their changes are seen, before the
// block ends.
TEST(HotRowsTest, ACopyLivesForAFewUses) {
  const FeatureMap map = Features();
  EmbeddingTable table = Table();
  const HotFeatures features(&map, kWeights, 1);
  HotRows rows(&features, &table);
  const float start = table.row(1)[0];
  for (int use = 0; use < HotRows::kUsesOfCopy; ++use) {
    rows.Row(0)[0] += 0.125f;
    EXPECT_EQ(table.row(1)[0], start);
  }
  table.row(1)[0] += 1.0f;
  const float sum = start + 1.0f + 0.125f * HotRows::kUsesOfCopy;
  EXPECT_FLOAT_EQ(rows.Row(0)[0], sum);
  EXPECT_FLOAT_EQ(table.row(1)[0], sum);
  rows.Row(0)[0] += 0.5f;
  rows.Flush();
  EXPECT_FLOAT_EQ(table.row(1)[0], sum + 0.5f);
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

// The sum of four rows is drawn to 1, half a per cent of the way a step. Eight
// threads with copies of a whole block would each go most of the way, and their
// sum eight times as far: further off with every block.
TEST(HotRowsTest, ManyThreadsTogetherDoNotGoTooFar) {
  const FeatureMap map =
      *FeatureMap::CreateWithoutKeys({0, 4}, {0, 1, 2, 3}, 4, Compose::kSum);
  EmbeddingTable table = *EmbeddingTable::Create(4, 1);
  const HotFeatures features(&map, {1.0}, 4);
  std::vector<HotRows> threads;
  for (int t = 0; t < 8; ++t) threads.emplace_back(&features, &table);
  for (int block = 0; block < 5; ++block) {
    for (int step = 0; step < 512; ++step) {
      for (HotRows& thread : threads) {
        std::vector<float*> rows;
        float sum = 0.0f;
        for (const uint32_t code : features.Codes(0)) {
          rows.push_back(thread.Row(code));
          sum += *rows.back();
        }
        for (float* row : rows) *row += 0.005f / 4 * (1.0f - sum);
      }
    }
    for (HotRows& thread : threads) thread.Flush();
  }
  float sum = 0.0f;
  for (int r = 0; r < 4; ++r) sum += table.row(r)[0];
  EXPECT_NEAR(sum, 1.0f, 0.01f);
}

}  // namespace hot_rows_test
}  // namespace embed
