// The window kernel on every target of this CPU against the same step in
// double: dims around the vector sizes, context and target counts around the
// register tiles, repeated contexts, weighted targets. Tolerance: scores are
// sums of `dim` float32 products, gradients are at most rate * weight.
#include "embed/kernels/window_step.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/philox.h"
#include "embed/kernels/cpu_target.h"
#include "embed/model/embedding_table.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

using Rows = std::vector<std::vector<double>>;

Rows ToDouble(const EmbeddingTable& table) {
  Rows rows(table.rows());
  for (uint64_t r = 0; r < table.rows(); ++r) {
    rows[r].assign(table.row(r), table.row(r) + table.stride());
  }
  return rows;
}

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double Softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

struct Case {
  int dim;
  std::vector<uint32_t> contexts;
  std::vector<uint32_t> targets;
  std::vector<float> weights;
  float scale;  // of the rows; large ones saturate the sigmoid
};

// The step in double, all scores first; returns the loss.
double Oracle(const Case& c, double rate, Rows* x, Rows* y) {
  const Rows old_x = *x;
  const Rows old_y = *y;
  double loss = 0;
  for (const uint32_t i : c.contexts) {
    for (size_t t = 0; t < c.targets.size(); ++t) {
      const uint32_t j = c.targets[t];
      const double score = Dot(old_x[i], old_y[j]);
      const double w = c.weights[t];
      loss += w * Softplus(t == 0 ? -score : score);
      const double g =
          rate * w * ((t == 0 ? 1.0 : 0.0) - 1 / (1 + std::exp(-score)));
      for (size_t k = 0; k < old_x[i].size(); ++k) {
        (*x)[i][k] += g * old_y[j][k];
        (*y)[j][k] += g * old_x[i][k];
      }
    }
  }
  return loss;
}

double LargestDifference(const EmbeddingTable& table, const Rows& rows) {
  double largest = 0;
  for (uint64_t r = 0; r < table.rows(); ++r) {
    for (uint64_t k = 0; k < table.stride(); ++k) {
      largest = std::max(largest, std::abs(table.row(r)[k] - rows[r][k]));
    }
  }
  return largest;
}

void Check(const Case& c, double tolerance) {
  constexpr float kRate = 0.05f;
  EmbeddingTable input = *EmbeddingTable::Create(64, c.dim);
  EmbeddingTable output = *EmbeddingTable::Create(64, c.dim);
  input.FillUniform(c.scale, 11, 1);
  output.FillUniform(c.scale, 12, 1);
  Rows x = ToDouble(input);
  Rows y = ToDouble(output);
  const double loss = Oracle(c, kRate, &x, &y);

  std::vector<float*> contexts;
  for (const uint32_t i : c.contexts) contexts.push_back(input.row(i));
  std::vector<float*> targets;
  for (const uint32_t j : c.targets) targets.push_back(output.row(j));
  const int num_contexts = static_cast<int>(contexts.size());
  const int num_targets = static_cast<int>(targets.size());
  AlignedBuffer scores = *AlignedBuffer::Create(
      WindowScratch::ScoresFor(num_contexts, num_targets) * sizeof(float));
  WindowScratch scratch;
  scratch.scores = static_cast<float*>(scores.data());
  GetWindowStep()({contexts.data(), num_contexts, targets.data(),
                   c.weights.data(), num_targets, input.stride(), kRate},
                  &scratch);
  EXPECT_NEAR(scratch.loss.Take(), loss, 1e-5 * (1 + loss));
  EXPECT_LT(LargestDifference(input, x), tolerance);
  EXPECT_LT(LargestDifference(output, y), tolerance);
}

std::vector<uint32_t> Range(uint32_t count) {
  std::vector<uint32_t> ids(count);
  for (uint32_t i = 0; i < count; ++i) ids[i] = i;
  return ids;
}

class WindowStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

TEST_P(WindowStepTest, MatchesDoubleForAllShapes) {
  for (const int dim : {1, 15, 16, 17, 32, 48, 100, 128, 300}) {
    for (const uint32_t contexts : {1, 2, 3, 4, 5, 6, 7, 8, 10, 17, 20}) {
      for (const uint32_t targets : {1, 2, 5, 6, 7, 12, 16}) {
        SCOPED_TRACE(testing::Message() << "dim " << dim << ", " << contexts
                                        << " x " << targets);
        Check({dim, Range(contexts), Range(targets),
               std::vector<float>(targets, 1.0f), 0.3f},
              // Targets after the sixth meet rows that the first six moved.
              targets <= 6 ? 2e-6 : 2e-3);
      }
    }
  }
}

TEST_P(WindowStepTest, CountsWeightedNegatives) {
  Check({100, Range(5), {3, 9, 1, 4}, {1, 2, 1, 3}, 0.3f}, 3e-6);
}

TEST_P(WindowStepTest, TakesRepeatedContexts) {
  // The second update of row 7 sees the first: a difference of order rate^2.
  Check({64, {7, 2, 7, 7}, Range(6), std::vector<float>(6, 1.0f), 0.2f}, 1e-3);
}

TEST_P(WindowStepTest, SaturatesWithoutOverflow) {
  Check({128, Range(3), Range(6), std::vector<float>(6, 1.0f), 20.0f}, 2e-3);
}

TEST_P(WindowStepTest, PaddingStaysZero) {
  EmbeddingTable input = *EmbeddingTable::Create(2, 17);
  EmbeddingTable output = *EmbeddingTable::Create(2, 17);
  input.FillUniform(1.0f, 1, 1);
  output.FillUniform(1.0f, 2, 1);
  float* contexts[] = {input.row(0), input.row(1)};
  float* targets[] = {output.row(0), output.row(1)};
  const float weights[] = {1, 1};
  alignas(64) float scores[16];
  WindowScratch scratch;
  scratch.scores = scores;
  GetWindowStep()({contexts, 2, targets, weights, 2, 32, 0.1f}, &scratch);
  for (int k = 17; k < 32; ++k) {
    EXPECT_EQ(input.row(1)[k], 0.0f);
    EXPECT_EQ(output.row(0)[k], 0.0f);
  }
}

TEST_P(WindowStepTest, NotANumberShowsInTheLoss) {
  EmbeddingTable input = *EmbeddingTable::Create(1, 16);
  EmbeddingTable output = *EmbeddingTable::Create(1, 16);
  input.FillUniform(1.0f, 1, 1);
  output.row(0)[3] = std::nanf("");
  float* contexts[] = {input.row(0)};
  float* targets[] = {output.row(0)};
  const float weights[] = {1};
  alignas(64) float scores[16];
  WindowScratch scratch;
  scratch.scores = scores;
  GetWindowStep()({contexts, 1, targets, weights, 1, 16, 0.1f}, &scratch);
  EXPECT_FALSE(std::isfinite(scratch.loss.Take()));
}

INSTANTIATE_TEST_SUITE_P(AllTargets, WindowStepTest,
                         testing::ValuesIn(AvailableCpuTargets()));

}  // namespace
}  // namespace embed
