#include "embed/eval/softmax_regression.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/labelled_samples.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace softmax_regression_test {

constexpr uint32_t kSize = 150;
constexpr int kDim = 5;
constexpr uint32_t kClasses = 4;

class SoftmaxRegressionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::iota(indices_.begin(), indices_.end(), 0);
    for (const auto& own : samples_.labels) classes_.push_back(own[0]);
  }

  std::vector<LinearScore> Train(uint32_t num_classes, double c,
                                 double tolerance) {
    LogisticOptions options;
    options.c = c;
    options.tolerance = tolerance;
    return TrainSoftmax(samples_.table.view(), indices_, classes_, num_classes,
                        options);
  }

  LabelledSamples samples_ = MakeSamples(kSize, kDim, kClasses, false);
  std::vector<uint32_t> indices_ = std::vector<uint32_t>(kSize);
  std::vector<uint32_t> classes_;
};

// At the minimum the gradient of the objective, as the header states it, is 0.
TEST_F(SoftmaxRegressionTest, GradientIsZeroAtTheResult) {
  for (const double c : {0.1, 1.0, 20.0}) {
    const auto scores = Train(kClasses, c, 1e-9);
    for (uint32_t k = 0; k < kClasses; ++k) {
      std::vector<double> gradient = scores[k].weights;
      gradient.push_back(0);  // the bias has no penalty
      for (uint32_t i = 0; i < kSize; ++i) {
        const auto row = samples_.table.view().row(i);
        double sum = 0;
        for (const LinearScore& score : scores) sum += std::exp(score.Of(row));
        const double error =
            std::exp(scores[k].Of(row)) / sum - (classes_[i] == k ? 1 : 0);
        for (size_t d = 0; d < kDim; ++d) gradient[d] += c * error * row[d];
        gradient[kDim] += c * error;
      }
      for (const double element : gradient) {
        EXPECT_NEAR(element, 0, 1e-5 * c);
      }
    }
  }
}

TEST_F(SoftmaxRegressionTest, SameAsScikitLearn) {
  const TempFolder folder;
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat(
          "import numpy as np\n"
          "from sklearn.linear_model import LogisticRegression\n"
          "x = np.array(",
          PythonRows(samples_.table.view()), ")\ny = np.array([",
          absl::StrJoin(classes_, ","),
          "])\nm = LogisticRegression(C=2, multi_class='multinomial', "
          "solver='newton-cg', tol=1e-12, max_iter=5000)\nm.fit(x, y)\n"
          "answer(*m.coef_.ravel(), *m.intercept_)\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), size_t{kClasses * (kDim + 1)});
  const auto scores = Train(kClasses, 2, 1e-12);
  for (uint32_t k = 0; k < kClasses; ++k) {
    for (uint32_t i = 0; i < kDim; ++i) {
      EXPECT_NEAR(scores[k].weights[i], answer.numbers[k * kDim + i], 1e-6);
    }
    // Biases are fixed but for a number added to all.
    EXPECT_NEAR(
        scores[k].bias - scores[0].bias,
        answer.numbers[kClasses * kDim + k] - answer.numbers[kClasses * kDim],
        1e-6);
  }
}

TEST_F(SoftmaxRegressionTest, ClassesThatDoNotOccurNeverWin) {
  const auto scores = Train(kClasses + 2, 1, 1e-4);
  ASSERT_EQ(scores.size(), kClasses + 2);
  EXPECT_EQ(scores[kClasses].Of(samples_.table.view().row(0)),
            -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isfinite(scores[0].Of(samples_.table.view().row(0))));
}

TEST_F(SoftmaxRegressionTest, OneClassIsFine) {
  classes_.assign(kSize, 0);
  const auto scores = Train(1, 1, 1e-4);
  EXPECT_TRUE(std::isfinite(scores[0].Of(samples_.table.view().row(0))));
}

}  // namespace softmax_regression_test
}  // namespace embed
