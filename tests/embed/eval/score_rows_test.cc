#include "embed/eval/score_rows.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace score_rows_test {

std::vector<std::vector<float>> Scores(const MatrixView& queries,
                                       const MatrixView& rows, int threads) {
  std::vector<std::vector<float>> scores(queries.rows);
  ScoreRows(queries, rows, threads,
            [&](uint64_t query, absl::Span<const float> row) {
              EXPECT_TRUE(scores[query].empty());  // once
              scores[query].assign(row.begin(), row.end());
            });
  return scores;
}

TEST(ScoreRowsTest, AreTheProducts) {
  for (const int dim : {1, 3, 16, 33}) {
    const EmbeddingTable rows = RandomTable(201, dim, 1);
    const EmbeddingTable queries = RandomTable(131, dim, 2);
    const auto scores = Scores(queries.view(), rows.view(), 1);
    for (uint64_t q = 0; q < 131; ++q) {
      ASSERT_EQ(scores[q].size(), 201u);
      for (uint64_t r = 0; r < 201; ++r) {
        double dot = 0;
        double size = 0;
        for (int i = 0; i < dim; ++i) {
          const double term = double{queries.row(q)[i]} * rows.row(r)[i];
          dot += term;
          size += std::abs(term);
        }
        EXPECT_NEAR(scores[q][r], dot, 1e-7 * (dim + 1) * size);
      }
    }
    EXPECT_EQ(Scores(queries.view(), rows.view(), 3), scores);
  }
}

TEST(ScoreRowsTest, NothingIsNoCall) {
  const EmbeddingTable rows = RandomTable(3, 2, 1);
  const MatrixView none = {rows.data(), 0, 2, rows.stride()};
  const auto fail = [](uint64_t, absl::Span<const float>) { FAIL(); };
  ScoreRows(none, rows.view(), 2, fail);
  ScoreRows(rows.view(), none, 2, fail);
}

}  // namespace score_rows_test
}  // namespace embed
