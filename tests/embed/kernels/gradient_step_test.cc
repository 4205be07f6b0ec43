// The gradient-forming kernels on every target of this CPU against double.
// Tolerance: float32 rounding of sums of `dim` products of numbers of at most
// `radius`, and the sigmoid's stated error.
#include "embed/kernels/gradient_step.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/cpu_target.h"
#include "embed/model/embedding_table.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace gradient_step_test {

constexpr uint32_t kRows = 60;

struct Case {
  int dim;
  size_t inputs;
  size_t targets;
  float radius;
};

struct StepRun {
  explicit StepRun(const Case& c)
      : x(*EmbeddingTable::Create(kRows, c.dim)),
        y(*EmbeddingTable::Create(kRows, c.dim)),
        pitch(ErrorStep::PitchFor(c.targets)),
        buffer(*AlignedBuffer::Create(c.inputs * pitch * sizeof(float))),
        errors(static_cast<float*>(buffer.data())) {
    x.FillUniform(c.radius, 31, 1);
    y.FillUniform(c.radius, 32, 1);
    for (size_t i = 0; i < c.inputs; ++i) inputs.push_back(x.row(i));
    for (size_t j = 0; j < c.targets; ++j) {
      // Rows repeat after 40 targets; every fourth is positive, some count
      // several times, one not at all.
      targets.push_back(y.row(j % 40));
      labels.push_back(j % 4 == 0 ? 1.0f : 0.0f);
      weights.push_back(j % 5 == 3 ? 3.0f : (j == 7 ? 0.0f : 1.0f));
    }
  }

  void Run() {
    GetGradientKernels().errors(
        {inputs.data(), inputs.size(), targets.data(), labels.data(),
         weights.data(), targets.size(), x.stride()},
        errors, &loss);
  }

  double ScoreOf(size_t i, size_t j) const {
    const DoubleRow a(inputs[i], inputs[i] + x.stride());
    return Dot(a, DoubleRow(targets[j], targets[j] + x.stride()));
  }

  EmbeddingTable x;
  EmbeddingTable y;
  const size_t pitch;
  AlignedBuffer buffer;
  float* const errors;
  std::vector<const float*> inputs;
  std::vector<const float*> targets;
  std::vector<float> labels;
  std::vector<float> weights;
  LossSum loss;
};

void CheckErrors(const Case& c, double tolerance) {
  SCOPED_TRACE(testing::Message() << "dim " << c.dim << ", " << c.inputs
                                  << " inputs, " << c.targets << " targets");
  StepRun run(c);
  run.Run();
  double loss = 0;
  for (size_t i = 0; i < c.inputs; ++i) {
    for (size_t j = 0; j < c.targets; ++j) {
      const double score = run.ScoreOf(i, j);
      const double label = static_cast<double>(run.labels[j]);
      const double weight = static_cast<double>(run.weights[j]);
      loss += weight * Softplus((1 - 2 * label) * score);
      ASSERT_NEAR(run.errors[i * run.pitch + j],
                  weight * (label - Sigmoid(score)), tolerance);
    }
    for (size_t j = c.targets; j < run.pitch; ++j) {
      ASSERT_LT(std::abs(run.errors[i * run.pitch + j]), 1e-26f);
    }
  }
  EXPECT_NEAR(run.loss.Take(), loss, 1e-5 * (1 + loss));
}

class GradientStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, GradientStepTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(GradientStepTest, ErrorsMatchDoubleForAllShapes) {
  for (const int dim : {1, 16, 17, 128, 300}) {
    for (const size_t inputs : {1, 2, 10}) {
      for (const size_t targets : {1, 2, 3, 5, 6, 7, 15, 16, 17, 50}) {
        CheckErrors({dim, inputs, targets, 0.3f}, 4e-6);
      }
    }
  }
}

TEST_P(GradientStepTest, SaturatesWithoutOverflow) {
  CheckErrors({128, 3, 20, 20.0f}, 1e-2);
}

TEST_P(GradientStepTest, SumsTheLossOfManySteps) {
  StepRun run({20, 4, 9, 0.5f});
  run.Run();
  const double once = run.loss.Take();
  for (int n = 0; n < 500; ++n) run.Run();
  EXPECT_NEAR(run.loss.Take(), 500 * once, 5e-5 * 500 * once);
}

TEST_P(GradientStepTest, ShowsNaNInTheLoss) {
  StepRun run({20, 2, 3, 0.5f});
  run.y.row(1)[4] = std::numeric_limits<float>::quiet_NaN();
  run.Run();
  EXPECT_TRUE(std::isnan(run.loss.Take()));
}

TEST_P(GradientStepTest, CombinesRowsAndMeasuresTheSum) {
  for (const int dim : {1, 16, 33, 100, 128, 200, 300, 512}) {
    for (const size_t count : {1, 2, 6, 25}) {
      for (const size_t pitch : {0, 1, 16}) {
        StepRun run({dim, count, 1, 1.0f});
        std::vector<float> factors(1 + pitch * count);
        for (size_t k = 0; k < factors.size(); ++k) {
          factors[k] = std::sin(static_cast<float>(k) + 1.0f);
        }
        EmbeddingTable sum = *EmbeddingTable::Create(1, dim);
        const float squared_norm = GetGradientKernels().combine(
            run.inputs.data(), factors.data(), pitch, count, run.x.stride(),
            sum.row(0));
        DoubleRows expected(1, DoubleRow(run.x.stride()));
        const DoubleRows x = ToDouble(run.x);
        for (size_t k = 0; k < count; ++k) {
          AddTimes(static_cast<double>(factors[k * pitch]), x[k], &expected[0]);
        }
        EXPECT_LT(LargestDifference(sum, expected), 5e-6);
        const double norm = Dot(expected[0], expected[0]);
        EXPECT_NEAR(squared_norm, norm, 1e-5 * (norm + 1));
      }
    }
  }
}

TEST_P(GradientStepTest, AddsAVector) {
  for (const int dim : {1, 16, 100, 300}) {
    StepRun run({dim, 1, 1, 1.0f});
    DoubleRows x = ToDouble(run.x);
    AddTimes(-0.75, ToDouble(run.y)[2], &x[5]);
    GetGradientKernels().add(-0.75f, run.y.row(2), run.x.stride(),
                             run.x.row(5));
    EXPECT_LT(LargestDifference(run.x, x), 1e-6);
  }
}

}  // namespace gradient_step_test
}  // namespace embed
