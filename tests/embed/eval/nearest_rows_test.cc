#include "embed/eval/nearest_rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/eval/unit_rows.h"
#include "embed/math/cosine.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace nearest_rows_test {

TEST(NearestRowsTest, BruteForce) {
  const EmbeddingTable table = RandomTable(300, 10, 1);
  const EmbeddingTable unit = *UnitRows(table.view());
  std::vector<uint32_t> queries(300);
  std::iota(queries.rbegin(), queries.rend(), 0);
  const auto nearest = NearestRows(unit.view(), queries, 7, 2);
  ASSERT_EQ(nearest.size(), 300u);
  for (size_t i = 0; i < queries.size(); ++i) {
    std::vector<ScoredRow> all;
    for (uint32_t row = 0; row < 300; ++row) {
      if (row == queries[i]) continue;
      all.push_back(
          {row, Cosine(table.view().row(queries[i]), table.view().row(row))});
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.score > b.score; });
    ASSERT_EQ(nearest[i].size(), 7u);
    for (size_t rank = 0; rank < 7; ++rank) {
      EXPECT_EQ(nearest[i][rank].id, all[rank].id);
      EXPECT_NEAR(nearest[i][rank].score, all[rank].score, 2e-7);
    }
  }
}

TEST(NearestRowsTest, EqualRowsComeByIdAndAllIsEnough) {
  EmbeddingTable table = RandomTable(5, 3, 1);
  for (const int row : {1, 3, 4}) {
    std::copy_n(table.row(0), 3, table.row(static_cast<uint64_t>(row)));
  }
  const EmbeddingTable unit = *UnitRows(table.view());
  const auto nearest = NearestRows(unit.view(), {3}, 100, 1);
  ASSERT_EQ(nearest[0].size(), 4u);
  const uint32_t ids[] = {0, 1, 4, 2};
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(nearest[0][i].id, ids[i]);
  EXPECT_EQ(nearest[0][0].score, 1.0);
  EXPECT_TRUE(NearestRows(unit.view(), {3}, 0, 1)[0].empty());
  EXPECT_TRUE(NearestRows(unit.view(), {}, 3, 1).empty());
}

// By dot, which scikit-learn has not, NumPy.
TEST(NearestRowsTest, SameAsScikitLearn) {
  const EmbeddingTable table = RandomTable(80, 6, 3);
  const EmbeddingTable unit = *UnitRows(table.view());
  std::vector<uint32_t> queries(80);
  std::iota(queries.begin(), queries.end(), 0);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const TempFolder folder;
    const PythonAnswer answer = AskPython(
        folder, "sklearn",
        absl::StrCat("import numpy as np\n"
                     "from sklearn.neighbors import NearestNeighbors\nx = ",
                     NumpyArray(table.view()), "\nmetric = '",
                     MetricName(metric),
                     "'\nif metric == 'dot':\n"
                     "  d = np.where(np.eye(80), np.inf, -x @ x.T)\n"
                     "  i = np.argsort(d, axis=1)[:, :5]\n"
                     "  d = np.take_along_axis(d, i, axis=1)\n"
                     "else:\n"
                     "  m = {'l2': 'sqeuclidean'}.get(metric, metric)\n"
                     "  n = NearestNeighbors(metric=m).fit(x)\n"
                     "  d, i = n.kneighbors(n_neighbors=5)\n"
                     "answer(*i.ravel())\n"
                     "answer(*((metric == 'cosine') - d).ravel())\n"));
    if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
    ASSERT_EQ(answer.numbers.size(), 800u);
    const EmbeddingTable& rows = metric == Metric::kCosine ? unit : table;
    const auto nearest = NearestRows(rows.view(), queries, 5, 1, metric);
    for (size_t i = 0; i < 400; ++i) {
      EXPECT_EQ(nearest[i / 5][i % 5].id, answer.numbers[i]);
      EXPECT_NEAR(nearest[i / 5][i % 5].score, answer.numbers[400 + i], 1e-6);
    }
  }
}

}  // namespace nearest_rows_test
}  // namespace embed
