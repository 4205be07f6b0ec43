#include "embed/model/composed_vectors.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace composed_vectors_test {

using testing::ElementsAre;

EmbeddingTable Table() {
  EmbeddingTable table = *EmbeddingTable::Create(3, 2);
  const float values[3][2] = {{1, 2}, {10, 20}, {100, 200}};
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 2; ++c) table.row(r)[c] = values[r][c];
  }
  return table;
}

TEST(ComposedVectorsTest, SumAndMeanOfRowsAsOftenAsTheyAreNamed) {
  const EmbeddingTable table = Table();
  std::vector<float> out(2);
  ComposeRows({2, 0, 0}, Compose::kSum, table, absl::MakeSpan(out));
  EXPECT_THAT(out, ElementsAre(102, 204));
  ComposeRows({1, 2}, Compose::kMean, table, absl::MakeSpan(out));
  EXPECT_THAT(out, ElementsAre(55, 110));
  ComposeRows({}, Compose::kMean, table, absl::MakeSpan(out));
  EXPECT_THAT(out, ElementsAre(0, 0));
}

TEST(ComposedVectorsTest, AddsRowsAtUnitLength) {
  EmbeddingTable sum = *EmbeddingTable::Create(3, 2);
  EmbeddingTable table = *EmbeddingTable::Create(3, 2);
  sum.row(0)[0] = 3;
  sum.row(0)[1] = 4;
  table.row(0)[1] = 7;
  table.row(1)[0] = -2;  // the row of `sum` is zeros; row 2 of both is
  ASSERT_TRUE(AddUnitRows(table, 0.5f, &sum).ok());
  EXPECT_THAT(sum.view().row(0)[0], testing::FloatNear(0.3f, 1e-6f));
  EXPECT_THAT(sum.view().row(0)[1], testing::FloatNear(1.4f, 1e-6f));
  EXPECT_EQ(sum.view().row(1)[0], -1.0f);
  EXPECT_EQ(sum.view().row(2)[0], 0.0f);
  const EmbeddingTable other = *EmbeddingTable::Create(2, 2);
  EXPECT_FALSE(AddUnitRows(other, 1.0f, &sum).ok());
}

TEST(ComposedVectorsTest, AllIdsOnAnyNumberOfThreads) {
  const EmbeddingTable table = Table();
  const FeatureMap map = *FeatureMap::CreateWithoutKeys({0, 2, 2, 3}, {0, 1, 2},
                                                        3, Compose::kMean);
  for (const int threads : {1, 2}) {
    const EmbeddingTable composed = *ComposeAll(map, table, threads);
    ASSERT_EQ(composed.rows(), 3u);
    EXPECT_THAT(composed.view().row(0), ElementsAre(5.5f, 11.0f));
    EXPECT_THAT(composed.view().row(1), ElementsAre(0, 0));
    EXPECT_THAT(composed.view().row(2), ElementsAre(100, 200));
  }
}

TEST(ComposedVectorsTest, RefusesATableOfOtherRows) {
  const FeatureMap map =
      *FeatureMap::CreateWithoutKeys({0, 1}, {0}, 2, Compose::kSum);
  EXPECT_FALSE(ComposeAll(map, Table(), 1).ok());
}

}  // namespace composed_vectors_test
}  // namespace embed
