// The composed kernel on every target of this CPU against the same step in
// double, and against the numerical gradient of the loss that its header
// states. Tolerance: float32 rounding of rows of at most 1 and of scores that
// are sums of `dim` products.
#include "embed/kernels/composed_step.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/cpu_target.h"
#include "embed/model/embedding_table.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace composed_step_test {

struct Case {
  int dim;
  std::vector<uint32_t> features;
  std::vector<uint32_t> targets;
  std::vector<float> labels;
  bool mean;
  float radius;            // of the rows
  bool undivided = false;  // the mean's gradient, as word2vec.c's CBOW
  bool follows = false;    // h follows the features
};

double ScaleOf(const Case& c) {
  return c.mean ? 1.0 / static_cast<double>(c.features.size()) : 1.0;
}

double GradientScaleOf(const Case& c) { return c.undivided ? 1.0 : ScaleOf(c); }

DoubleRow Hidden(const Case& c, const DoubleRows& x) {
  DoubleRow hidden(x[0].size());
  for (const uint32_t f : c.features) AddTimes(ScaleOf(c), x[f], &hidden);
  return hidden;
}

// The stated loss.
double Loss(const Case& c, const DoubleRows& x, const DoubleRows& y) {
  const DoubleRow hidden = Hidden(c, x);
  double loss = 0;
  for (size_t t = 0; t < c.targets.size(); ++t) {
    const double sign = 1 - 2 * static_cast<double>(c.labels[t]);
    loss += Softplus(sign * Dot(hidden, y[c.targets[t]]));
  }
  return loss;
}

// How far h moves with the features: by the definition, not by counting.
double ResponseOf(const Case& c) {
  double pairs = 0;
  for (const uint32_t f : c.features) {
    for (const uint32_t g : c.features) pairs += f == g ? 1 : 0;
  }
  return c.follows ? ScaleOf(c) * GradientScaleOf(c) * pairs : 0;
}

// The step in double, target after target; for distinct targets. Features are
// written after every eight, and composed anew if h follows them. Returns the
// loss.
double Step(const Case& c, double rate, DoubleRows* x, DoubleRows* y) {
  double loss = 0;
  DoubleRow hidden = Hidden(c, *x);
  for (size_t first = 0; first < c.targets.size(); first += 8) {
    DoubleRow gradient(hidden.size());
    for (size_t t = first; t < std::min(first + 8, c.targets.size()); ++t) {
      DoubleRow& row = (*y)[c.targets[t]];
      const double score = Dot(hidden, row);
      const double label = static_cast<double>(c.labels[t]);
      loss += Softplus((1 - 2 * label) * score);
      const double g = rate * (label - Sigmoid(score));
      AddTimes(g, row, &gradient);
      AddTimes(g, hidden, &row);
    }
    for (const uint32_t f : c.features) {
      AddTimes(GradientScaleOf(c), gradient, &(*x)[f]);
    }
    if (c.follows) hidden = Hidden(c, *x);
  }
  return loss;
}

// Tables of 40 rows and calls of the kernel on them.
struct StepRun {
  explicit StepRun(const Case& c)
      : input(*EmbeddingTable::Create(40, c.dim)),
        output(*EmbeddingTable::Create(40, c.dim)),
        buffer(*AlignedBuffer::Create(2 * input.stride() * sizeof(float))) {
    input.FillUniform(c.radius, 21, 1);
    output.FillUniform(c.radius, 22, 1);
    scratch.hidden = static_cast<float*>(buffer.data());
    scratch.gradient = scratch.hidden + input.stride();
  }

  void Step(const Case& c, float rate) {
    std::vector<float*> features;
    for (const uint32_t f : c.features) features.push_back(input.row(f));
    std::vector<float*> targets;
    for (const uint32_t j : c.targets) targets.push_back(output.row(j));
    GetComposedStep()(
        {features.data(), static_cast<int>(features.size()),
         static_cast<float>(ScaleOf(c)), static_cast<float>(GradientScaleOf(c)),
         targets.data(), c.labels.data(), static_cast<int>(targets.size()),
         input.stride(), rate, nullptr, 0, static_cast<float>(ResponseOf(c))},
        &scratch);
  }

  EmbeddingTable input;
  EmbeddingTable output;
  AlignedBuffer buffer;
  ComposedScratch scratch;
};

void Check(const Case& c, double tolerance) {
  constexpr float kRate = 0.05f;
  StepRun run(c);
  DoubleRows x = ToDouble(run.input);
  DoubleRows y = ToDouble(run.output);
  const double loss = Loss(c, x, y);
  const double stepped = Step(c, static_cast<double>(kRate), &x, &y);
  run.Step(c, kRate);
  if (!c.follows) {
    EXPECT_NEAR(stepped, loss, 1e-9 * (1 + loss));
  }
  EXPECT_NEAR(run.scratch.loss.Take(), stepped, 1e-5 * (1 + stepped));
  EXPECT_LT(LargestDifference(run.input, x), tolerance);
  EXPECT_LT(LargestDifference(run.output, y), tolerance);
}

std::vector<uint32_t> Range(uint32_t count) {
  std::vector<uint32_t> ids(count);
  for (uint32_t i = 0; i < count; ++i) ids[i] = i;
  return ids;
}

// One positive, then `period` - 1 negatives, and so on.
std::vector<float> Labels(size_t count, size_t period) {
  std::vector<float> labels(count);
  for (size_t i = 0; i < count; i += period) labels[i] = 1;
  return labels;
}

class ComposedStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, ComposedStepTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(ComposedStepTest, MatchesDoubleForAllShapes) {
  for (const int dim : {1, 16, 17, 128, 300}) {
    for (const uint32_t features : {1, 3, 20}) {
      for (const uint32_t targets : {1, 2, 7, 8, 9, 17, 40}) {
        for (const bool mean : {false, true}) {
          SCOPED_TRACE(testing::Message()
                       << "dim " << dim << ", " << features << " features, "
                       << targets << " targets, mean " << mean);
          Check({dim, Range(features), Range(targets), Labels(targets, 6), mean,
                 0.2f},
                4e-6);
        }
      }
    }
  }
}

// Repeated features count as often; with a feature n times in the list its row
// moves n times, which is the gradient of the composed vector.
TEST_P(ComposedStepTest, SpreadsTheGradientUndividedOnRequest) {
  Check({100, Range(7), Range(6), {1, 0, 0, 0, 0, 0}, true, 0.3f, true}, 3e-6);
}

TEST_P(ComposedStepTest, TakesRepeatedFeatures) {
  for (const bool mean : {false, true}) {
    for (const bool follows : {false, true}) {
      Check({50,
             {4, 1, 4, 4, 0},
             Range(9),
             Labels(9, 3),
             mean,
             0.3f,
             /*undivided=*/false,
             follows},
            3e-6);
    }
  }
}

// As if the features were composed anew after every eight targets.
TEST_P(ComposedStepTest, FollowsTheFeatures) {
  for (const int dim : {1, 17, 128, 300}) {
    for (const uint32_t targets : {8, 9, 40}) {
      for (const bool undivided : {false, true}) {
        Check({dim, Range(20), Range(targets), Labels(targets, 6), undivided,
               0.2f, undivided, /*follows=*/true},
              4e-6);
      }
    }
  }
}

// The update divided by a small rate is the downward gradient of the loss,
// whether rows repeat or not.
TEST_P(ComposedStepTest, DescendsTheStatedLoss) {
  constexpr float kRate = 1e-4f;
  for (const bool mean : {false, true}) {
    const Case c = {
        20,   {4, 1, 4, 0}, {5, 2, 5, 7, 2, 5, 1, 0, 5, 3, 2}, Labels(11, 4),
        mean, 0.4f};
    StepRun run(c);
    DoubleRows x = ToDouble(run.input);
    DoubleRows y = ToDouble(run.output);
    const auto loss = [&] { return Loss(c, x, y); };
    const DoubleRows x_gradient = NumericGradient(loss, &x);
    const DoubleRows y_gradient = NumericGradient(loss, &y);
    run.Step(c, kRate);
    // Rounding of the rows (3e-8) over the rate; later occurrences of a target
    // see the earlier ones, a difference of order rate.
    constexpr double kTolerance = 1e-3;
    for (size_t r = 0; r < x.size(); ++r) {
      for (size_t k = 0; k < 20; ++k) {
        ASSERT_NEAR((x[r][k] - run.input.row(r)[k]) / kRate, x_gradient[r][k],
                    kTolerance);
        ASSERT_NEAR((y[r][k] - run.output.row(r)[k]) / kRate, y_gradient[r][k],
                    kTolerance);
      }
    }
  }
}

TEST_P(ComposedStepTest, SaturatesWithoutOverflow) {
  Check({128, Range(3), Range(12), Labels(12, 6), false, 20.0f}, 1e-2);
}

TEST_P(ComposedStepTest, SumsTheLossOfManySteps) {
  const Case c = {16, Range(3), Range(30), Labels(30, 6), false, 1.0f};
  StepRun run(c);
  const double once = Loss(c, ToDouble(run.input), ToDouble(run.output));
  // A rate that moves no row.
  for (int i = 0; i < 1000; ++i) run.Step(c, 1e-30f);
  EXPECT_NEAR(run.scratch.loss.Take(), 1000 * once, 1e-5 * 1000 * once);
}

TEST_P(ComposedStepTest, PaddingStaysZero) {
  const Case c = {17, {0, 1}, {0, 1}, {1, 0}, true, 1.0f};
  StepRun run(c);
  run.Step(c, 0.1f);
  for (int k = 17; k < 32; ++k) {
    EXPECT_EQ(run.input.row(1)[k], 0.0f);
    EXPECT_EQ(run.output.row(0)[k], 0.0f);
  }
}

TEST_P(ComposedStepTest, NotANumberShowsInTheLoss) {
  for (const uint32_t bad : {0, 1}) {  // the positive, a negative
    const Case c = {16, {0, 1}, {0, 1}, {1, 0}, false, 1.0f};
    StepRun run(c);
    run.output.row(bad)[3] = std::nanf("");
    run.Step(c, 0.1f);
    EXPECT_FALSE(std::isfinite(run.scratch.loss.Take()));
  }
}

}  // namespace composed_step_test
}  // namespace embed
