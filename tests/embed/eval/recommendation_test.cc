#include "embed/eval/recommendation.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/eval/random_table.h"

namespace embed {
namespace recommendation_test {

constexpr uint32_t kItems = 40;

// Users with 1 to 6 items of history and 1 to `targets` others held out.
std::vector<RecommendationCase> RandomCases(size_t users, uint32_t targets) {
  std::mt19937 random(5);
  std::vector<RecommendationCase> cases(users);
  for (RecommendationCase& user : cases) {
    std::vector<uint32_t> order(kItems);
    for (uint32_t i = 0; i < kItems; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    const auto middle = order.begin() + 1 + random() % 6;
    user.history.assign(order.begin(), middle);
    user.history.push_back(order[0]);  // again
    user.targets.assign(middle, middle + 1 + random() % targets);
  }
  return cases;
}

TEST(RecommendationTest, PopularityHandWorked) {
  // Ranking of all: 2, then 0 and 3 by id, 1, 4.
  const std::vector<uint64_t> counts = {5, 1, 9, 5, 0};
  // Without 2: target 3 is second. Without 0: target 4 is last of four, target
  // 3 second.
  const std::vector<RecommendationCase> cases = {{{2, 2}, {3}}, {{0}, {4, 3}}};
  const auto results = RecommendByPopularity(counts, cases, {1, 2, 9}, 2);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].hit_rate, 0);
  EXPECT_EQ(results[0].mrr, 0.5);
  EXPECT_EQ(results[0].coverage, 2.0 / 5);  // 0 and 2
  EXPECT_EQ(results[1].hit_rate, 1);
  EXPECT_EQ(results[1].recall, (1 + 0.5) / 2);
  const double second = 1 / std::log2(3.0);
  EXPECT_DOUBLE_EQ(results[1].ndcg, (second + second / (1 + second)) / 2);
  EXPECT_EQ(results[1].coverage, 3.0 / 5);
  EXPECT_EQ(results[2].recall, 1);
  EXPECT_DOUBLE_EQ(results[2].ndcg,
                   (second + (second + 1 / std::log2(5.0)) / (1 + second)) / 2);
  EXPECT_EQ(results[2].coverage, 1);
}

TEST(RecommendationTest, ThreadsDoNotMatterAndNothingIsUndefined) {
  const EmbeddingTable items = RandomTable(kItems, 5, 1);
  const auto cases = RandomCases(150, 3);
  const auto one = *RecommendByHistory(items.view(), cases, {7}, 1);
  const auto three = *RecommendByHistory(items.view(), cases, {7}, 3);
  EXPECT_EQ(one[0].ndcg, three[0].ndcg);
  EXPECT_EQ(one[0].mrr, three[0].mrr);
  EXPECT_EQ(one[0].coverage, three[0].coverage);
  EXPECT_TRUE(
      std::isnan((*RecommendByHistory(items.view(), {}, {7}, 1))[0].hit_rate));
}

std::string PythonCases(const std::vector<RecommendationCase>& cases) {
  std::string text = "[";
  for (const RecommendationCase& user : cases) {
    absl::StrAppend(&text, "([", absl::StrJoin(user.history, ","), "],[",
                    absl::StrJoin(user.targets, ","), "]),");
  }
  return text + "]";
}

TEST(RecommendationTest, SameAsScikitLearn) {
  const TempFolder folder;
  const EmbeddingTable items = RandomTable(kItems, 6, 2);
  const auto cases = RandomCases(60, 4);
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat(
          "import numpy as np\nfrom sklearn.metrics import ndcg_score\n"
          "x = ",
          NumpyArray(items.view()), "\ncases = ", PythonCases(cases),
          "\nx /= np.linalg.norm(x, axis=1, keepdims=True)\n"
          "ndcg, hit, recall, rr, shown = [], [], [], [], set()\n"
          "for history, targets in cases:\n"
          "  score = x @ x[history].mean(axis=0)\n"
          "  free = [i for i in range(len(x)) if i not in history]\n"
          "  truth = [int(i in targets) for i in free]\n"
          "  ndcg.append(ndcg_score([truth], [score[free]], k=5))\n"
          "  order = sorted(free, key=lambda i: -score[i])\n"
          "  ranks = [order.index(t) + 1 for t in targets]\n"
          "  hit.append(min(ranks) <= 5)\n"
          "  recall.append(np.mean([r <= 5 for r in ranks]))\n"
          "  rr.append(1 / min(ranks))\n"
          "  shown.update(order[:5])\n"
          "answer(np.mean(hit), np.mean(ndcg), np.mean(recall), np.mean(rr), "
          "len(shown) / len(x))\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 5u);
  const auto results = *RecommendByHistory(items.view(), cases, {5}, 1);
  EXPECT_NEAR(results[0].hit_rate, answer.numbers[0], 1e-9);
  EXPECT_NEAR(results[0].ndcg, answer.numbers[1], 1e-9);
  EXPECT_NEAR(results[0].recall, answer.numbers[2], 1e-9);
  EXPECT_NEAR(results[0].mrr, answer.numbers[3], 1e-9);
  EXPECT_NEAR(results[0].coverage, answer.numbers[4], 1e-9);
}

// Of counts, cases and k, by the header's formulas; equal counts by id.
constexpr char kPopularityPeer[] = R"py(
import numpy as np
ranking = np.lexsort((np.arange(len(counts)), -counts))
hit, ndcg, recall, rr, shown = [], [], [], [], []
for history, targets in cases:
    order = ranking[~np.isin(ranking, history)]
    ranks = np.flatnonzero(np.isin(order, targets)) + 1
    best = np.arange(1, min(k, len(targets)) + 1)
    hit.append(ranks.min() <= k)
    ndcg.append(np.sum(1 / np.log2(ranks[ranks <= k] + 1))
                / np.sum(1 / np.log2(best + 1)))
    recall.append(np.mean(ranks <= k))
    rr.append(1 / ranks.min())
    shown.append(order[:k])
answer(np.mean(hit), np.mean(ndcg), np.mean(recall), np.mean(rr),
       len(np.unique(shown)) / len(counts))
)py";

TEST(RecommendationTest, PopularitySameAsNumPy) {
  std::mt19937 random(7);
  std::vector<uint64_t> counts(kItems);
  for (uint64_t& count : counts) count = random() % 20;  // some are equal
  const auto cases = RandomCases(60, 4);
  const std::vector<uint64_t> cutoffs = {1, 5, 10};
  const auto results = RecommendByPopularity(counts, cases, cutoffs, 2);
  for (size_t i = 0; i < cutoffs.size(); ++i) {
    const TempFolder folder;
    const PythonAnswer answer =
        AskPython(folder, "numpy",
                  absl::StrCat("import numpy as np\ncounts = np.array([",
                               absl::StrJoin(counts, ","),
                               "])\ncases = ", PythonCases(cases),
                               "\nk = ", cutoffs[i], kPopularityPeer));
    if (!answer.has_module) GTEST_SKIP() << "python3-numpy is not installed";
    ASSERT_EQ(answer.numbers.size(), 5u);
    EXPECT_NEAR(results[i].hit_rate, answer.numbers[0], 1e-9);
    EXPECT_NEAR(results[i].ndcg, answer.numbers[1], 1e-9);
    EXPECT_NEAR(results[i].recall, answer.numbers[2], 1e-9);
    EXPECT_NEAR(results[i].mrr, answer.numbers[3], 1e-9);
    EXPECT_NEAR(results[i].coverage, answer.numbers[4], 1e-9);
  }
}

}  // namespace recommendation_test
}  // namespace embed
