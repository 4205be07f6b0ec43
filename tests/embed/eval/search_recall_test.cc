#include "embed/eval/search_recall.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "embed/eval/unit_rows.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace search_recall_test {

using Lists = std::vector<std::vector<ScoredRow>>;

TEST(SearchRecallTest, ExactAnswersAreAllRight) {
  const EmbeddingTable unit = *UnitRows(RandomTable(50, 8, 1).view());
  const std::vector<uint32_t> queries = {0, 5, 49};
  const Lists exact = NearestRows(unit.view(), queries, 100, 1);
  for (const uint64_t k : {1u, 10u, 49u, 100u}) {
    const SearchRecall result =
        MeasureRecall(unit.view(), queries, exact, exact, k);
    EXPECT_EQ(result.recall, 1.0);
    EXPECT_EQ(result.rms_error, 0.0);
    EXPECT_EQ(result.max_error, 0.0);
  }
}

TEST(SearchRecallTest, HandWorked) {
  const EmbeddingTable unit = *UnitRows(RandomTable(50, 8, 1).view());
  const std::vector<uint32_t> queries = {3, 4};
  const Lists exact = NearestRows(unit.view(), queries, 10, 1);
  // Query 3: ranks 2, 1, 5, 4 with errors; query 4: rank 1 only.
  Lists answers(2);
  for (const size_t rank : {1, 0, 4, 3}) {
    answers[0].push_back(exact[0][rank]);
  }
  answers[0][0].score += 0.3;
  answers[0][3].score -= 0.4;
  answers[1].push_back(exact[1][0]);
  const SearchRecall two =
      MeasureRecall(unit.view(), queries, exact, answers, 2);
  EXPECT_DOUBLE_EQ(two.recall, (1.0 + 0.5) / 2);
  EXPECT_NEAR(two.rms_error, std::sqrt(0.09 / 3), 1e-12);
  EXPECT_NEAR(two.max_error, 0.3, 1e-12);
  const SearchRecall four =
      MeasureRecall(unit.view(), queries, exact, answers, 4);
  EXPECT_DOUBLE_EQ(four.recall, (0.75 + 0.25) / 2);
  EXPECT_NEAR(four.rms_error, std::sqrt((0.09 + 0.16) / 5), 1e-12);
  EXPECT_NEAR(four.max_error, 0.4, 1e-12);
}

TEST(SearchRecallTest, AnyOfEquallyNearRowsWillDo) {
  EmbeddingTable table = RandomTable(6, 8, 1);
  for (uint64_t row = 2; row < 6; ++row) {
    // One direction, several lengths, each rounded on its own.
    std::transform(table.row(1), table.row(1) + 8, table.row(row),
                   [&](float x) { return x * static_cast<float>(row) * 0.7f; });
  }
  const EmbeddingTable unit = *UnitRows(table.view());
  const Lists exact = NearestRows(unit.view(), {1}, 2, 1);
  const Lists answers = {{{5, 1.0}, {4, 1.0}}};
  EXPECT_EQ(MeasureRecall(unit.view(), {1}, exact, answers, 2).recall, 1.0);
  const Lists wrong = {{{5, 1.0}, {0, 1.0}}};
  EXPECT_EQ(MeasureRecall(unit.view(), {1}, exact, wrong, 2).recall, 0.5);
}

TEST(SearchRecallTest, NothingIsUndefined) {
  const EmbeddingTable unit = *UnitRows(RandomTable(5, 8, 1).view());
  const SearchRecall none = MeasureRecall(unit.view(), {}, {}, {}, 3);
  EXPECT_TRUE(std::isnan(none.recall));
  EXPECT_TRUE(std::isnan(none.max_error));
  const Lists exact = NearestRows(unit.view(), {1}, 2, 1);
  const Lists empty(1);
  const SearchRecall mute = MeasureRecall(unit.view(), {1}, exact, empty, 2);
  EXPECT_EQ(mute.recall, 0.0);
  EXPECT_TRUE(std::isnan(mute.rms_error));
}

}  // namespace search_recall_test
}  // namespace embed
