#include "embed/eval/ranking_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace ranking_metrics_test {

struct Ranking {
  std::vector<double> scores;
  std::vector<bool> truth;
};

// Few different scores, so that ties are common.
Ranking RandomRanking(int size, int seed) {
  std::mt19937 random(static_cast<uint32_t>(seed));
  Ranking ranking;
  for (int i = 0; i < size; ++i) {
    const bool is_true = random() % 3 == 0;
    ranking.truth.push_back(is_true);
    ranking.scores.push_back(static_cast<double>(random() % 9) / 4 +
                             (is_true ? 0.5 : 0));
  }
  return ranking;
}

double AucByPairs(const Ranking& ranking) {
  double won = 0, pairs = 0;
  for (size_t i = 0; i < ranking.scores.size(); ++i) {
    for (size_t j = 0; j < ranking.scores.size(); ++j) {
      if (!ranking.truth[i] || ranking.truth[j]) continue;
      pairs += 1;
      if (ranking.scores[i] > ranking.scores[j]) won += 1;
      if (ranking.scores[i] == ranking.scores[j]) won += 0.5;
    }
  }
  return won / pairs;
}

// By the definition: each distinct score is a threshold.
double PrecisionByThresholds(const Ranking& ranking) {
  std::vector<double> thresholds = ranking.scores;
  std::sort(thresholds.rbegin(), thresholds.rend());
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()),
                   thresholds.end());
  const double all = static_cast<double>(
      std::count(ranking.truth.begin(), ranking.truth.end(), true));
  double sum = 0, recall_before = 0;
  for (const double threshold : thresholds) {
    double above = 0, right = 0;
    for (size_t i = 0; i < ranking.scores.size(); ++i) {
      if (ranking.scores[i] < threshold) continue;
      above += 1;
      right += ranking.truth[i];
    }
    sum += (right / all - recall_before) * (right / above);
    recall_before = right / all;
  }
  return sum;
}

TEST(RankingMetricsTest, BruteForce) {
  for (int seed = 0; seed < 30; ++seed) {
    const Ranking ranking = RandomRanking(40, seed);
    EXPECT_NEAR(RocAuc(ranking.scores, ranking.truth), AucByPairs(ranking),
                1e-12);
    EXPECT_NEAR(AveragePrecision(ranking.scores, ranking.truth),
                PrecisionByThresholds(ranking), 1e-12);
  }
}

TEST(RankingMetricsTest, ClosedForms) {
  EXPECT_EQ(RocAuc({3, 2, 1, 0}, {true, true, false, false}), 1.0);
  EXPECT_EQ(RocAuc({0, 1, 2, 3}, {true, true, false, false}), 0.0);
  EXPECT_EQ(RocAuc({1, 1, 1, 1}, {true, true, false, false}), 0.5);
  EXPECT_EQ(AveragePrecision({3, 2, 1}, {true, false, false}), 1.0);
  EXPECT_DOUBLE_EQ(AveragePrecision({3, 2, 1}, {false, false, true}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(AveragePrecision({1, 1, 1, 1}, {true, false, false, false}),
                   0.25);
}

TEST(RankingMetricsTest, CurveGoesFromCornerToCorner) {
  const std::vector<RocPoint> curve =
      RocCurve({3, 2, 2, 1}, {true, false, true, false});
  const double expected[][2] = {{0, 0}, {0, 0.5}, {0.5, 1}, {1, 1}};
  ASSERT_EQ(curve.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(curve[i].false_positive_rate, expected[i][0]);
    EXPECT_EQ(curve[i].true_positive_rate, expected[i][1]);
  }
}

TEST(RankingMetricsTest, UndefinedIsNan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(RocAuc({}, {})));
  EXPECT_TRUE(std::isnan(RocAuc({1, 2}, {true, true})));
  EXPECT_TRUE(std::isnan(RocAuc({1, 2}, {false, false})));
  EXPECT_TRUE(std::isnan(RocAuc({1, nan}, {true, false})));
  EXPECT_TRUE(std::isnan(AveragePrecision({1, 2}, {false, false})));
  EXPECT_TRUE(std::isnan(AveragePrecision({nan, 2}, {true, false})));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(RocAuc({infinity, -infinity}, {true, false}), 1.0);
}

TEST(RankingMetricsTest, SameAsScikitLearn) {
  const TempFolder folder;
  const Ranking ranking = RandomRanking(300, 7);
  const std::vector<int> truth(ranking.truth.begin(), ranking.truth.end());
  const PythonAnswer answer =
      AskPython(folder, "sklearn",
                absl::StrCat("from sklearn.metrics import *\nt = [",
                             absl::StrJoin(truth, ","), "]\ns = [",
                             absl::StrJoin(ranking.scores, ","),
                             "]\nanswer(roc_auc_score(t, s), "
                             "average_precision_score(t, s))\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 2u);
  EXPECT_NEAR(RocAuc(ranking.scores, ranking.truth), answer.numbers[0], 1e-12);
  EXPECT_NEAR(AveragePrecision(ranking.scores, ranking.truth),
              answer.numbers[1], 1e-12);
}

TEST(RankingMetricsTest, CurveSameAsScikitLearn) {
  const TempFolder folder;
  const Ranking ranking = RandomRanking(200, 8);
  const std::vector<int> truth(ranking.truth.begin(), ranking.truth.end());
  const PythonAnswer answer =
      AskPython(folder, "sklearn",
                absl::StrCat("from sklearn.metrics import roc_curve\nt = [",
                             absl::StrJoin(truth, ","), "]\ns = [",
                             absl::StrJoin(ranking.scores, ","),
                             "]\nfor x, y, _ in zip(*roc_curve(t, s, "
                             "drop_intermediate=False)):\n  answer(x, y)\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  std::vector<double> ours;
  for (const RocPoint& point : RocCurve(ranking.scores, ranking.truth)) {
    ours.push_back(point.false_positive_rate);
    ours.push_back(point.true_positive_rate);
  }
  EXPECT_THAT(answer.numbers,
              testing::Pointwise(testing::DoubleNear(1e-12), ours));
}

}  // namespace ranking_metrics_test
}  // namespace embed
