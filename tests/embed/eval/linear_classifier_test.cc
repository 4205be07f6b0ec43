#include "embed/eval/linear_classifier.h"

#include <linear.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
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

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct FreeModel {
  void operator()(model* trained) const { free_and_destroy_model(&trained); }
};

// LIBLINEAR, by the objective and the rule of the end that the header states:
// trust region Newton, one label at a time.
LinearScore TrainLiblinear(const MatrixView& rows,
                           absl::Span<const uint32_t> indices,
                           absl::Span<const uint32_t> positives,
                           const LogisticOptions& options) {
  set_print_string_function([](const char* /*text*/) {});
  const size_t width = static_cast<size_t>(rows.dim) + 2;
  std::vector<feature_node> nodes;
  nodes.reserve(indices.size() * width);
  std::vector<feature_node*> x;
  for (const uint32_t index : indices) {
    x.push_back(nodes.data() + nodes.size());
    int feature = 0;
    for (const float value : rows.row(index)) {
      nodes.push_back({++feature, value});
    }
    nodes.push_back({++feature, 1.0});
    nodes.push_back({-1, 0.0});
  }
  std::vector<double> y(indices.size(), -1.0);
  for (const uint32_t i : positives) y[i] = 1;
  problem data = {};
  data.l = static_cast<int>(x.size());
  data.n = rows.dim + 1;
  data.x = x.data();
  data.y = y.data();
  data.bias = 1.0;
  parameter settings = {};
  settings.solver_type = L2R_LR;
  settings.C = options.c;
  settings.eps = options.tolerance;
  const std::unique_ptr<model, FreeModel> trained(train(&data, &settings));
  const double sign = trained->label[0] == 1 ? 1 : -1;
  LinearScore score;
  for (int k = 0; k < rows.dim; ++k) {
    score.weights.push_back(sign * trained->w[k]);
  }
  score.bias = sign * trained->w[rows.dim];
  return score;
}

// The gradient of the objective, as the header states it, and its bound there:
// norms, in double, a sample at a time.
struct GradientNorms {
  double at_score = 0.0;
  double bound = 0.0;  // of the end, for a tolerance of 1
};

GradientNorms NormsOf(const LinearScore& score, const MatrixView& rows,
                      absl::Span<const uint32_t> indices,
                      const std::vector<uint32_t>& positives, double c) {
  std::vector<double> gradient = score.weights;
  gradient.push_back(score.bias);
  std::vector<double> at_zero(gradient.size());
  for (uint32_t i = 0; i < indices.size(); ++i) {
    const bool positive =
        std::binary_search(positives.begin(), positives.end(), i);
    const double y = positive ? 1 : -1;
    const auto row = rows.row(indices[i]);
    const double slope = -c * y / (1 + std::exp(y * score.Of(row)));
    for (size_t k = 0; k < gradient.size(); ++k) {
      const double x = k < row.size() ? row[k] : 1;
      gradient[k] += slope * x;
      at_zero[k] -= c * y * x / 2;
    }
  }
  const auto norm = [](const std::vector<double>& of) {
    return std::sqrt(std::inner_product(of.begin(), of.end(), of.begin(), 0.0));
  };
  const double share = static_cast<double>(positives.size()) /
                       static_cast<double>(indices.size());
  return {norm(gradient), std::min(share, 1 - share) * norm(at_zero)};
}

// Is LIBLINEAR's, as near as the gradients tell: the Hessian is at least I, so
// that a score is no further from the optimum than its gradient is long.
// LIBLINEAR ends where the objective falls by less than 1e-12 of itself.
void ExpectLiblinears(const LinearScore& score, const MatrixView& rows,
                      absl::Span<const uint32_t> indices,
                      const std::vector<uint32_t>& positives,
                      const LogisticOptions& options) {
  const LinearScore expected =
      TrainLiblinear(rows, indices, positives, options);
  double square = std::pow(score.bias - expected.bias, 2);
  for (size_t k = 0; k < score.weights.size(); ++k) {
    square += std::pow(score.weights[k] - expected.weights[k], 2);
  }
  const double own =
      NormsOf(score, rows, indices, positives, options.c).at_score;
  const double other =
      NormsOf(expected, rows, indices, positives, options.c).at_score;
  EXPECT_LE(std::sqrt(square), own + other);
  EXPECT_LT(own, 1e-6);
  EXPECT_LT(other, 2e-4);
}

// Samples around the centres of labels, of which some are rare.
class LinearClassifierTest : public testing::Test {
 protected:
  static constexpr uint32_t kSize = 700;  // blocks of samples, and some left
  static constexpr int kDim = 6;
  static constexpr uint32_t kLabels = 3;

  void SetUp() override {
    // Every other one of the samples, in no order.
    for (uint32_t i = 0; i < kSize / 2; ++i) {
      indices_.push_back((2 * i * 53) % kSize);
    }
    positives_ = PositivesOf(kLabels);
  }

  std::vector<std::vector<uint32_t>> PositivesOf(uint32_t num_labels) const {
    std::vector<std::vector<uint32_t>> positives(num_labels);
    for (uint32_t i = 0; i < indices_.size(); ++i) {
      for (const uint32_t label : samples_.labels[indices_[i]]) {
        positives[label].push_back(i);
      }
    }
    return positives;
  }

  std::vector<LinearScore> Train(const LogisticOptions& options) const {
    return TrainLogistic(rows(), indices_, positives_, options);
  }

  MatrixView rows() const { return samples_.table.view(); }

  LabelledSamples samples_ = MakeSamples(kSize, kDim, kLabels, true);
  std::vector<uint32_t> indices_;
  std::vector<std::vector<uint32_t>> positives_;
};

TEST_F(LinearClassifierTest, GradientIsBelowTheBound) {
  positives_.push_back({17});                                  // one positive
  positives_.push_back(std::vector<uint32_t>(kSize / 2 - 1));  // one negative
  std::iota(positives_.back().begin(), positives_.back().end(), 0);
  float scale = 1;
  for (const float factor : {0.01f, 100.0f, 1000.0f}) {
    scale *= factor;
    for (uint64_t row = 0; row < kSize; ++row) {
      for (int k = 0; k < kDim; ++k) samples_.table.row(row)[k] *= factor;
    }
    for (const double c : {0.01, 1.0, 100.0}) {
      for (const double tolerance : {1e-2, 1e-4, 1e-7}) {
        LogisticOptions options;
        options.c = c;
        options.tolerance = tolerance;
        const std::vector<LinearScore> scores = Train(options);
        ASSERT_EQ(scores.size(), positives_.size());
        for (size_t label = 0; label < scores.size(); ++label) {
          const GradientNorms norms =
              NormsOf(scores[label], rows(), indices_, positives_[label], c);
          EXPECT_LE(norms.at_score, tolerance * norms.bound * (1 + 1e-6))
              << label << " of " << scale << ", " << c << ", " << tolerance;
        }
      }
    }
  }
}

TEST_F(LinearClassifierTest, SameAsLiblinear) {
  positives_.push_back({17});
  for (const double c : {0.1, 1.0, 10.0}) {
    LogisticOptions options;
    options.c = c;
    options.tolerance = 1e-9;
    const std::vector<LinearScore> scores = Train(options);
    for (size_t label = 0; label < scores.size(); ++label) {
      ExpectLiblinears(scores[label], rows(), indices_, positives_[label],
                       options);
    }
  }
}

// More labels than go together, rows wider than there are samples.
TEST(LinearClassifierBatchTest, ManyLabelsAreSameAsLiblinear) {
  constexpr uint32_t kLabels = 70;
  const LabelledSamples samples = MakeSamples(150, 200, kLabels, true);
  std::vector<uint32_t> indices(150);
  std::iota(indices.begin(), indices.end(), 0);
  std::vector<std::vector<uint32_t>> positives(kLabels);
  for (uint32_t i = 0; i < indices.size(); ++i) {
    for (const uint32_t label : samples.labels[i])
      positives[label].push_back(i);
  }
  LogisticOptions options;
  options.tolerance = 1e-8;
  const std::vector<LinearScore> scores =
      TrainLogistic(samples.table.view(), indices, positives, options);
  for (uint32_t label = 0; label < kLabels; ++label) {
    if (positives[label].empty()) {
      EXPECT_EQ(scores[label].bias, -kInfinity);
      continue;
    }
    ExpectLiblinears(scores[label], samples.table.view(), indices,
                     positives[label], options);
  }
}

TEST_F(LinearClassifierTest, SameAsScikitLearn) {
  const TempFolder folder;
  std::string program = absl::StrCat(
      "import numpy as np\n"
      "from sklearn.linear_model import LogisticRegression\n"
      "x = np.array(",
      PythonRows(rows()), ")[[", absl::StrJoin(indices_, ","),
      "]]\n"
      "def run(positives):\n"
      "  y = np.zeros(len(x))\n"
      "  y[positives] = 1\n"
      "  m = LogisticRegression(C=2, solver='liblinear', tol=1e-10)\n"
      "  m.fit(x, y)\n"
      "  answer(*m.coef_[0], m.intercept_[0])\n");
  for (const std::vector<uint32_t>& own : positives_) {
    absl::StrAppend(&program, "run([", absl::StrJoin(own, ","), "])\n");
  }
  const PythonAnswer answer = AskPython(folder, "sklearn", program);
  if (!answer.has_module) GTEST_SKIP() << "python3-sklearn is not installed";
  ASSERT_EQ(answer.numbers.size(), size_t{kLabels * (kDim + 1)});
  LogisticOptions options;
  options.c = 2;
  options.tolerance = 1e-10;
  const std::vector<LinearScore> scores = Train(options);
  for (size_t label = 0; label < kLabels; ++label) {
    const double* expected = &answer.numbers[label * (kDim + 1)];
    for (size_t k = 0; k < kDim; ++k) {
      EXPECT_NEAR(scores[label].weights[k], expected[k], 1e-6);
    }
    EXPECT_NEAR(scores[label].bias, expected[kDim], 1e-6);
  }
}

TEST_F(LinearClassifierTest, SwappedClassesGiveTheNegative) {
  LogisticOptions options;
  options.tolerance = 1e-10;
  const LinearScore score = Train(options)[0];
  std::vector<uint32_t> others;
  for (uint32_t i = 0; i < indices_.size(); ++i) {
    if (!std::binary_search(positives_[0].begin(), positives_[0].end(), i)) {
      others.push_back(i);
    }
  }
  positives_[0] = others;
  const LinearScore swapped = Train(options)[0];
  for (size_t k = 0; k < kDim; ++k) {
    EXPECT_NEAR(score.weights[k], -swapped.weights[k], 1e-8);
  }
  EXPECT_NEAR(score.bias, -swapped.bias, 1e-8);
}

TEST_F(LinearClassifierTest, NothingToLearnIsInfinite) {
  positives_.emplace_back();
  positives_.emplace_back(indices_.size());
  std::iota(positives_.back().begin(), positives_.back().end(), 0);
  const auto scores = Train({});
  EXPECT_TRUE(std::isfinite(scores[0].Of(rows().row(0))));
  EXPECT_EQ(scores[kLabels].Of(rows().row(0)), -kInfinity);
  EXPECT_EQ(scores[kLabels + 1].Of(rows().row(0)), kInfinity);
  positives_.erase(positives_.begin(), positives_.begin() + kLabels);
  EXPECT_EQ(Train({})[1].Of(rows().row(0)), kInfinity);
}

// Numbers whose squares float32 does not hold end all the same.
TEST_F(LinearClassifierTest, HugeNumbersEnd) {
  for (uint64_t row = 0; row < kSize; ++row) {
    samples_.table.row(row)[1] *= 1e30f;
  }
  for (const LinearScore& score : Train({})) {
    EXPECT_TRUE(std::isfinite(score.Of(rows().row(0))));
  }
}

TEST_F(LinearClassifierTest, ThreadsDoNotDisturbOneAnother) {
  const auto expected = Train({});
  std::vector<std::vector<LinearScore>> scores(8);
  std::vector<std::thread> threads;
  for (auto& score : scores) {
    threads.emplace_back([&] { score = Train({}); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& score : scores) {
    for (size_t label = 0; label < kLabels; ++label) {
      EXPECT_EQ(score[label].weights, expected[label].weights);
      EXPECT_EQ(score[label].bias, expected[label].bias);
    }
  }
}

TEST_F(LinearClassifierTest, RefusesWhatIsNotFinite) {
  EXPECT_TRUE(CheckFiniteRows(rows()).ok());
  samples_.table.row(7)[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(CheckFiniteRows(rows()).message(), HasSubstr("row 7"));
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
