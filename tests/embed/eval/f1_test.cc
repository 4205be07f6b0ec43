#include "embed/eval/f1.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace f1_test {

using LabelSet = std::vector<uint32_t>;

F1Scores Score(uint32_t labels, const std::vector<LabelSet>& truth,
               const std::vector<LabelSet>& predicted) {
  F1Counter counter(labels);
  for (size_t i = 0; i < truth.size(); ++i) {
    counter.Add(truth[i], predicted[i]);
  }
  return counter.Scores();
}

TEST(F1Test, HandWorked) {
  // Label 0: tp 1; label 1: tp 1, fp 1, fn 1; label 2: fn 1; label 3: nowhere.
  const F1Scores scores = Score(4, {{0, 1}, {1, 2}, {}}, {{0, 1}, {}, {1}});
  EXPECT_DOUBLE_EQ(scores.micro, 2.0 * 2 / (2 * 2 + 1 + 2));
  EXPECT_DOUBLE_EQ(scores.macro, (1.0 + 0.5 + 0.0 + 0.0) / 4);
}

TEST(F1Test, NothingIsUndefined) {
  EXPECT_TRUE(std::isnan(Score(2, {{}}, {{}}).micro));
  EXPECT_TRUE(std::isnan(Score(2, {}, {}).macro));
}

std::vector<LabelSet> RandomSets(uint32_t labels, int samples, int seed) {
  std::mt19937 random(static_cast<uint32_t>(seed));
  std::vector<LabelSet> sets(static_cast<size_t>(samples));
  for (LabelSet& set : sets) {
    for (uint32_t label = 0; label < labels; ++label) {
      // Rare and common labels, so that some occur on one side or not at all.
      if (random() % (2 + label * label) == 0) set.push_back(label);
    }
  }
  return sets;
}

// By the definition of precision and recall, asking for each (sample, label).
TEST(F1Test, BruteForce) {
  constexpr uint32_t kLabels = 12;
  for (int seed = 0; seed < 20; ++seed) {
    const auto truth = RandomSets(kLabels, 15, seed);
    const auto predicted = RandomSets(kLabels, 15, seed + 100);
    double right = 0, true_ones = 0, predicted_ones = 0, sum = 0;
    for (uint32_t label = 0; label < kLabels; ++label) {
      double r = 0, t = 0, p = 0;
      for (size_t i = 0; i < truth.size(); ++i) {
        const bool in_truth =
            std::count(truth[i].begin(), truth[i].end(), label) > 0;
        const bool in_predicted =
            std::count(predicted[i].begin(), predicted[i].end(), label) > 0;
        r += in_truth && in_predicted;
        t += in_truth;
        p += in_predicted;
      }
      if (t + p > 0) {
        const double precision = p > 0 ? r / p : 0;
        const double recall = t > 0 ? r / t : 0;
        if (precision + recall > 0) {
          sum += 2 * precision * recall / (precision + recall);
        }
      }
      right += r;
      true_ones += t;
      predicted_ones += p;
    }
    const double precision = right / predicted_ones;
    const double recall = right / true_ones;
    const F1Scores scores = Score(kLabels, truth, predicted);
    EXPECT_NEAR(scores.micro, 2 * precision * recall / (precision + recall),
                1e-12);
    EXPECT_NEAR(scores.macro, sum / kLabels, 1e-12);
  }
}

std::string PythonSets(const std::vector<LabelSet>& sets) {
  return absl::StrCat(
      "[",
      absl::StrJoin(sets, ",",
                    [](std::string* out, const LabelSet& set) {
                      absl::StrAppend(out, "[", absl::StrJoin(set, ","), "]");
                    }),
      "]");
}

TEST(F1Test, SameAsScikitLearn) {
  constexpr uint32_t kLabels = 14;
  const TempFolder folder;
  const auto truth = RandomSets(kLabels, 40, 1);
  const auto predicted = RandomSets(kLabels, 40, 2);
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat("from sklearn.metrics import f1_score\n"
                   "from sklearn.preprocessing import MultiLabelBinarizer\n"
                   "make = MultiLabelBinarizer(classes=range(",
                   kLabels, "))\nt = make.fit_transform(", PythonSets(truth),
                   ")\np = make.fit_transform(", PythonSets(predicted),
                   ")\nanswer(f1_score(t, p, average='micro'),\n"
                   "       f1_score(t, p, average='macro', zero_division=0),\n"
                   "       (t + p).any(axis=0).sum())\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 3u);
  EXPECT_LT(answer.numbers[2], kLabels) << "no label is absent";
  const F1Scores scores = Score(kLabels, truth, predicted);
  EXPECT_NEAR(scores.micro, answer.numbers[0], 1e-12);
  EXPECT_NEAR(scores.macro, answer.numbers[1], 1e-12);
}

}  // namespace f1_test
}  // namespace embed
