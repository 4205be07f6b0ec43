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

// scikit-learn on the samples x of the labels y as the header states it:
// `model` is a line of Python that fits m to x[train] and gives the scores p of
// x[test].
PythonAnswer AskScikitLearn(const LabelledSamples& samples,
                            const ClassificationOptions& options,
                            const std::string& model) {
  const TempFolder folder;
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
      "def run(train, test):\n  ",
      model,
      "\n"
      "  t = y[test]\n"
      "  q = np.zeros_like(t)\n"
      "  for i, k in enumerate(t.sum(axis=1)):\n"
      "    q[i, np.argsort(-p[i])[:k]] = 1\n"
      "  return (f1_score(t, q, average='micro'),\n"
      "          f1_score(t, q, average='macro', zero_division=0))\n");
  for (const double ratio : options.ratios) {
    absl::StrAppend(&program, "f1 = []\n");
    for (int split = 0; split < options.splits; ++split) {
      const std::string order = absl::StrJoin(
          RandomOrder(kSize, options.seed, RandomPurpose::kDataSplits,
                      static_cast<uint64_t>(split)),
          ",");
      const uint32_t train = TrainSize(kSize, ratio);
      absl::StrAppend(&program, "o = [", order, "]\nf1.append(run(o[:", train,
                      "], o[", train, ":]))\n");
    }
    absl::StrAppend(&program,
                    "answer(*np.mean(f1, axis=0), "
                    "*np.std(f1, axis=0, ddof=1))\n");
  }
  return AskPython(folder, "sklearn", program);
}

void ExpectF1(const LabelledSamples& samples,
              const ClassificationOptions& options,
              const std::vector<double>& expected) {
  const auto results =
      Classify(samples.table.view(), samples.labels, kLabels, options, nullptr);
  ASSERT_TRUE(results.ok()) << results.status();
  ASSERT_EQ(expected.size(), 4 * results->size());
  const double* numbers = expected.data();
  for (const ClassificationResult& result : *results) {
    EXPECT_NEAR(result.micro_f1.mean, numbers[0], 1e-9);
    EXPECT_NEAR(result.macro_f1.mean, numbers[1], 1e-9);
    EXPECT_NEAR(result.micro_f1.deviation, numbers[2], 1e-9);
    EXPECT_NEAR(result.macro_f1.deviation, numbers[3], 1e-9);
    EXPECT_GT(result.micro_f1.mean, 0.5);
    EXPECT_LT(result.micro_f1.mean, 0.95);
    numbers += 4;
  }
}

TEST(ClassificationTest, SameAsScikitLearn) {
  const LabelledSamples samples = MakeSamples(kSize, kDim, kLabels, true);
  const PythonAnswer answer = AskScikitLearn(
      samples, TwoRatios(),
      "m = OneVsRestClassifier(LogisticRegression(solver='liblinear')); "
      "p = m.fit(x[train], y[train]).predict_proba(x[test])");
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ExpectF1(samples, TwoRatios(), answer.numbers);
}

TEST(ClassificationTest, MultinomialSameAsScikitLearn) {
  const LabelledSamples samples = MakeSamples(kSize, kDim, kLabels, false);
  ClassificationOptions options = TwoRatios();
  options.kind = ClassifierKind::kMultinomial;
  options.logistic.tolerance = 1e-9;
  const PythonAnswer answer = AskScikitLearn(
      samples, options,
      "m = LogisticRegression(multi_class='multinomial', solver='newton-cg', "
      "tol=1e-9, max_iter=5000); "
      "p = m.fit(x[train], y[train].argmax(axis=1)).predict_proba(x[test])");
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ExpectF1(samples, options, answer.numbers);
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
