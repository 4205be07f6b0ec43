#include "embed/eval/search_recall.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "embed/eval/unit_rows.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
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

// What an index with coarse numbers would answer: of some queries fewer than
// asked for.
Lists CoarseAnswers(const EmbeddingTable& table,
                    const std::vector<uint32_t>& queries, uint64_t k,
                    Metric metric) {
  EmbeddingTable coarse = *EmbeddingTable::Create(table.rows(), table.dim());
  for (uint64_t row = 0; row < table.rows(); ++row) {
    std::transform(table.row(row), table.row(row) + table.dim(),
                   coarse.row(row),
                   [](float x) { return std::round(8 * x) / 8; });
  }
  Lists answers = NearestRows(coarse.view(), queries, k, 1, metric);
  for (size_t i = 0; i < answers.size(); i += 3) answers[i].resize(k - 1);
  return answers;
}

// "[[(id, score),...],...]"
std::string PythonLists(const Lists& lists) {
  std::string text = "[";
  for (const std::vector<ScoredRow>& list : lists) {
    absl::StrAppend(&text, "[");
    for (const ScoredRow& row : list) {
      absl::StrAppendFormat(&text, "(%d,%.17g),", row.id, row.score);
    }
    absl::StrAppend(&text, "],");
  }
  return text + "]";
}

// Of x, queries, lists, k and metric. The exact lists are scikit-learn's own;
// by dot, which it has not, NumPy's.
constexpr char kPeer[] = R"py(
import numpy as np
from sklearn.neighbors import NearestNeighbors
if metric == "dot":
    s = x @ x.T
    near = [[j for j in np.argsort(-row) if j != i][:k]
            for i, row in enumerate(s)]
else:
    n = NearestNeighbors(metric={"l2": "sqeuclidean"}.get(metric, metric))
    near = n.fit(x).kneighbors(n_neighbors=k)[1]
    u = x / np.linalg.norm(x, axis=1, keepdims=True)
    s = -((x[:, None] - x) ** 2).sum(axis=2) if metric == "l2" else u @ u.T
recall = [len({j for j, _ in found} & set(near[q])) / k
          for q, found in zip(queries, lists)]
error = np.array([score - s[q, j] for q, found in zip(queries, lists)
                  for j, score in found])
answer(np.mean(recall), np.sqrt(np.mean(error ** 2)), abs(error).max())
)py";

TEST(SearchRecallTest, SameAsScikitLearn) {
  const EmbeddingTable table = RandomTable(120, 7, 4);
  const EmbeddingTable unit = *UnitRows(table.view());
  std::vector<uint32_t> queries;
  for (uint32_t row = 0; row < 120; row += 2) queries.push_back(row);
  for (const Metric metric : {Metric::kCosine, Metric::kDot, Metric::kL2}) {
    const EmbeddingTable& rows = metric == Metric::kCosine ? unit : table;
    for (const uint64_t k : {2u, 10u}) {
      const Lists answers = CoarseAnswers(rows, queries, k, metric);
      const TempFolder folder;
      const PythonAnswer answer = AskPython(
          folder, "sklearn",
          absl::StrCat("import numpy as np\nx = ", NumpyArray(rows.view()),
                       "\nqueries = [", absl::StrJoin(queries, ","),
                       "]\nlists = ", PythonLists(answers), "\nk = ", k,
                       "\nmetric = '", MetricName(metric), "'\n", kPeer));
      if (!answer.has_module) {
        GTEST_SKIP() << "python3-sklearn is not installed";
      }
      ASSERT_EQ(answer.numbers.size(), 3u);
      const Lists exact = NearestRows(rows.view(), queries, k, 1, metric);
      const SearchRecall result =
          MeasureRecall(rows.view(), queries, exact, answers, k, metric);
      EXPECT_NEAR(result.recall, answer.numbers[0], 1e-9);
      EXPECT_NEAR(result.rms_error, answer.numbers[1], 1e-9);
      EXPECT_NEAR(result.max_error, answer.numbers[2], 1e-9);
      EXPECT_GT(result.recall, 0.4);
      EXPECT_LT(result.recall, 0.95);
    }
  }
}

}  // namespace search_recall_test
}  // namespace embed
