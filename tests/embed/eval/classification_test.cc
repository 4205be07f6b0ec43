#include "embed/eval/classification.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/eval/random_order.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/labelled_samples.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace classification_test {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr uint32_t kSize = 120;
constexpr int kDim = 5;
constexpr uint32_t kLabels = 4;

ClassificationOptions TwoRatios() {
  ClassificationOptions options;
  options.ratios = {0.3, 0.7};
  options.splits = 3;
  options.seed = 9;
  return options;
}

TEST(ClassificationTest, TopLabelsAreTheHighestScores) {
  const double scores[] = {0.5, 2, -HUGE_VAL, 2};
  EXPECT_THAT(TopLabels(scores, 1), ElementsAre(1));
  EXPECT_THAT(TopLabels(scores, 3), ElementsAre(0, 1, 3));
  EXPECT_THAT(TopLabels(scores, 9), ElementsAre(0, 1, 2, 3));
}

// scikit-learn on the same splits, by the protocol as the header states it.
TEST(ClassificationTest, SameAsScikitLearn) {
  const TempFolder folder;
  const LabelledSamples samples = MakeSamples(kSize, kDim, kLabels, true);
  const ClassificationOptions options = TwoRatios();
  std::string program = absl::StrCat(
      "import numpy as np\n"
      "from sklearn.linear_model import LogisticRegression\n"
      "from sklearn.metrics import f1_score\n"
      "from sklearn.multiclass import OneVsRestClassifier\n"
      "from sklearn.preprocessing import MultiLabelBinarizer\n"
      "x = np.array(",
      PythonRows(samples.table.view()),
      ")\ny = MultiLabelBinarizer(classes=range(", kLabels, ")).fit_transform(",
      PythonLabels(samples.labels),
      ")\n"
      "def run(train, test):\n"
      "  m = OneVsRestClassifier(LogisticRegression(solver='liblinear'))\n"
      "  p = m.fit(x[train], y[train]).predict_proba(x[test])\n"
      "  t = y[test]\n"
      "  q = np.zeros_like(t)\n"
      "  for i, k in enumerate(t.sum(axis=1)):\n"
      "    q[i, np.argsort(-p[i])[:k]] = 1\n"
      "  answer(f1_score(t, q, average='micro'),\n"
      "         f1_score(t, q, average='macro',\n"
      "                  labels=np.flatnonzero((t + q).any(axis=0))))\n");
  for (const double ratio : options.ratios) {
    for (int split = 0; split < options.splits; ++split) {
      const std::string order = absl::StrJoin(
          RandomOrder(kSize, options.seed, RandomPurpose::kDataSplits,
                      static_cast<uint64_t>(split)),
          ",");
      const uint32_t train = TrainSize(kSize, ratio);
      absl::StrAppend(&program, "o = [", order, "]\nrun(o[:", train, "], o[",
                      train, ":])\n");
    }
  }
  const PythonAnswer answer = AskPython(folder, "sklearn", program);
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), 12u);
  const auto results =
      Classify(samples.table.view(), samples.labels, kLabels, options, nullptr);
  ASSERT_TRUE(results.ok()) << results.status();
  for (size_t ratio = 0; ratio < 2; ++ratio) {
    const double* own = &answer.numbers[6 * ratio];
    const ClassificationResult& result = (*results)[ratio];
    EXPECT_NEAR(result.micro_f1.mean, (own[0] + own[2] + own[4]) / 3, 1e-9);
    EXPECT_NEAR(result.macro_f1.mean, (own[1] + own[3] + own[5]) / 3, 1e-9);
    EXPECT_GT(result.micro_f1.mean, 0.5);
  }
}

TEST(ClassificationTest, SameForAnyNumberOfThreads) {
  const LabelledSamples samples = MakeSamples(kSize, kDim, kLabels, false);
  for (const ClassifierKind kind :
       {ClassifierKind::kOneVsRest, ClassifierKind::kMultinomial}) {
    ClassificationOptions options = TwoRatios();
    options.kind = kind;
    const auto one = Classify(samples.table.view(), samples.labels, kLabels,
                              options, nullptr);
    options.threads = 4;
    const auto four = Classify(samples.table.view(), samples.labels, kLabels,
                               options, nullptr);
    ASSERT_TRUE(one.ok() && four.ok()) << one.status() << four.status();
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ((*one)[i].micro_f1.mean, (*four)[i].micro_f1.mean);
      EXPECT_EQ((*one)[i].macro_f1.deviation, (*four)[i].macro_f1.deviation);
      EXPECT_EQ((*one)[i].train + (*one)[i].test, kSize);
    }
    EXPECT_GT((*one)[1].micro_f1.mean, 0.6);
  }
}

TEST(ClassificationTest, TellsProgressAndCanBeEnded) {
  const LabelledSamples samples = MakeSamples(kSize, kDim, kLabels, false);
  int calls = 0;
  const auto count = [&](int done, int total) {
    EXPECT_EQ(done, ++calls);
    EXPECT_EQ(total, 6);
    return true;
  };
  EXPECT_TRUE(Classify(samples.table.view(), samples.labels, kLabels,
                       TwoRatios(), count)
                  .ok());
  EXPECT_EQ(calls, 6);
  const auto end = [](int /*done*/, int /*total*/) { return false; };
  EXPECT_EQ(
      Classify(samples.table.view(), samples.labels, kLabels, TwoRatios(), end)
          .status()
          .code(),
      absl::StatusCode::kCancelled);
}

TEST(ClassificationTest, RefusesWhatCannotBe) {
  LabelledSamples samples = MakeSamples(10, kDim, kLabels, true);
  const auto message = [&](const ClassificationOptions& options) {
    return std::string(Classify(samples.table.view(), samples.labels, kLabels,
                                options, nullptr)
                           .status()
                           .message());
  };
  ClassificationOptions options = TwoRatios();
  options.ratios = {0.5, 1.0};
  EXPECT_THAT(message(options), HasSubstr("training ratio 1"));
  options.ratios = {std::nan("")};
  EXPECT_THAT(message(options), HasSubstr("training ratio nan"));
  options.ratios = {0.05};
  EXPECT_THAT(message(options), HasSubstr("leaves none to train"));
  options = TwoRatios();
  options.splits = 0;
  EXPECT_THAT(message(options), HasSubstr("splits is 0"));
  options = TwoRatios();
  options.kind = ClassifierKind::kMultinomial;
  EXPECT_THAT(message(options), HasSubstr("sample 0 has 2 labels"));
  samples.labels.pop_back();
  EXPECT_THAT(message(TwoRatios()), HasSubstr("10 vectors for 9 samples"));
}

}  // namespace classification_test
}  // namespace embed
