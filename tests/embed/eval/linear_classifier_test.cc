#include "embed/eval/linear_classifier.h"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/labelled_samples.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace linear_classifier_test {

using testing::HasSubstr;

std::vector<uint32_t> All(uint32_t size) {
  std::vector<uint32_t> indices(size);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

class LinearClassifierTest : public testing::Test {
 protected:
  static constexpr uint32_t kSize = 200;
  static constexpr int kDim = 6;

  void SetUp() override {
    for (const auto& own : samples_.labels) positive_.push_back(own[0] == 0);
  }

  LinearScore Train(const LogisticOptions& options) {
    return TrainLogistic(features_, All(kSize), positive_, options);
  }

  LabelledSamples samples_ = MakeSamples(kSize, kDim, 3, false);
  FeatureRows features_ = *FeatureRows::Create(samples_.table.view());
  std::vector<bool> positive_;
};

// At the minimum the gradient of the objective, as the header states it, is 0.
TEST_F(LinearClassifierTest, GradientIsZeroAtTheResult) {
  for (const double c : {0.1, 1.0, 10.0}) {
    LogisticOptions options;
    options.c = c;
    options.tolerance = 1e-9;
    const LinearScore score = Train(options);
    std::vector<double> gradient = score.weights;
    gradient.push_back(score.bias);
    for (uint32_t i = 0; i < kSize; ++i) {
      const double y = positive_[i] ? 1 : -1;
      const auto row = samples_.table.view().row(i);
      const double slope = -c * y / (1 + std::exp(y * score.Of(row)));
      for (int k = 0; k < kDim; ++k) {
        gradient[static_cast<size_t>(k)] += slope * row[static_cast<size_t>(k)];
      }
      gradient[kDim] += slope;
    }
    for (const double element : gradient) EXPECT_NEAR(element, 0, 1e-5);
  }
}

TEST_F(LinearClassifierTest, SameAsScikitLearn) {
  const TempFolder folder;
  const std::vector<int> y(positive_.begin(), positive_.end());
  const PythonAnswer answer = AskPython(
      folder, "sklearn",
      absl::StrCat(
          "import numpy as np\n"
          "from sklearn.linear_model import LogisticRegression\n"
          "x = np.array(",
          PythonRows(samples_.table.view()), ")\ny = np.array([",
          absl::StrJoin(y, ","),
          "])\nm = LogisticRegression(C=2, solver='liblinear', tol=1e-10)\n"
          "m.fit(x, y)\nanswer(*m.coef_[0], m.intercept_[0])\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), static_cast<size_t>(kDim) + 1);
  LogisticOptions options;
  options.c = 2;
  options.tolerance = 1e-10;
  const LinearScore score = Train(options);
  for (size_t i = 0; i < kDim; ++i) {
    EXPECT_NEAR(score.weights[i], answer.numbers[i], 1e-6);
  }
  EXPECT_NEAR(score.bias, answer.numbers[kDim], 1e-6);
}

// Which class comes first in the data must not turn the sign.
TEST_F(LinearClassifierTest, SwappedClassesGiveTheNegative) {
  const LinearScore score = Train({});
  positive_.flip();
  const LinearScore swapped = Train({});
  for (size_t i = 0; i < kDim; ++i) {
    EXPECT_NEAR(score.weights[i], -swapped.weights[i], 1e-12);
  }
  EXPECT_NEAR(score.bias, -swapped.bias, 1e-12);
}

TEST_F(LinearClassifierTest, NothingToLearnIsInfinite) {
  const auto row = samples_.table.view().row(0);
  positive_.assign(kSize, false);
  EXPECT_EQ(Train({}).Of(row), -std::numeric_limits<double>::infinity());
  positive_.assign(kSize, true);
  EXPECT_EQ(Train({}).Of(row), std::numeric_limits<double>::infinity());
}

TEST_F(LinearClassifierTest, ThreadsDoNotDisturbOneAnother) {
  const LinearScore expected = Train({});
  std::vector<LinearScore> scores(8);
  std::vector<std::thread> threads;
  for (LinearScore& score : scores) {
    threads.emplace_back([&] { score = Train({}); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const LinearScore& score : scores) {
    EXPECT_EQ(score.weights, expected.weights);
    EXPECT_EQ(score.bias, expected.bias);
  }
}

TEST_F(LinearClassifierTest, IsSilent) {
  testing::internal::CaptureStdout();
  Train({});
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST_F(LinearClassifierTest, RefusesWhatIsNotFinite) {
  samples_.table.row(7)[2] = std::numeric_limits<float>::quiet_NaN();
  const auto features = FeatureRows::Create(samples_.table.view());
  EXPECT_THAT(features.status().message(), HasSubstr("row 7"));
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    LogisticOptions options;
    options.c = bad;
    EXPECT_FALSE(options.Validate().ok());
    options.c = 1;
    options.tolerance = bad;
    EXPECT_FALSE(options.Validate().ok());
  }
}

}  // namespace linear_classifier_test
}  // namespace embed
