#include "embed/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace optimizer_test {

constexpr int kDim = 20;

// Gradients of some sizes for row `row`, applied to both a table and a double.
struct TableRun {
  explicit TableRun(const OptimizerOptions& options)
      : table(*EmbeddingTable::Create(5, kDim)),
        vectors(*EmbeddingTable::Create(8, kDim)),
        optimizer(*RowOptimizer::Create(options, true, &table)) {
    table.FillUniform(1, 1, 1);
    vectors.FillUniform(1, 2, 1);
  }

  // Applies scale * vector v; returns that gradient.
  DoubleRow Apply(uint64_t v, float scale, float rate, uint64_t row) {
    DoubleRow gradient(vectors.stride());
    AddTimes(static_cast<double>(scale), ToDouble(vectors)[v], &gradient);
    optimizer.Apply(
        {vectors.row(v), scale, static_cast<float>(Dot(gradient, gradient))},
        rate, table.row(row));
    return gradient;
  }

  EmbeddingTable table;
  EmbeddingTable vectors;
  RowOptimizer optimizer;
};

TEST(RowOptimizerTest, ClippingBoundsTheStepAndKeepsItsDirection) {
  OptimizerOptions options;
  options.clip_gradient = 0.5;
  TableRun run(options);
  DoubleRows expected = ToDouble(run.table);
  for (const float scale : {0.01f, 0.1f, 1.0f, -100.0f}) {
    const DoubleRows before = ToDouble(run.table);
    const DoubleRow gradient = run.Apply(3, scale, 0.2f, 1);
    const double norm = std::sqrt(Dot(gradient, gradient));
    AddTimes(0.2 * std::min(1.0, 0.5 / norm), gradient, &expected[1]);
    DoubleRow step = ToDouble(run.table)[1];
    AddTimes(-1, before[1], &step);
    EXPECT_LE(std::sqrt(Dot(step, step)), 0.2 * 0.5 + 1e-6);
  }
  EXPECT_LT(LargestDifference(run.table, expected), 1e-6);
  EXPECT_TRUE(run.optimizer.accumulators().empty());
}

TEST(RowOptimizerTest, AdaGradDividesByTheRootOfTheMeanSquares) {
  OptimizerOptions options;
  options.kind = OptimizerKind::kAdaGrad;
  options.epsilon = 1e-3;
  TableRun run(options);
  DoubleRows expected = ToDouble(run.table);
  std::vector<double> sums(5);
  for (uint64_t n = 0; n < 30; ++n) {
    const uint64_t row = n % 3;
    const DoubleRow gradient =
        run.Apply(n % 8, 0.1f * static_cast<float>(n), 0.1f, row);
    sums[row] += Dot(gradient, gradient) / kDim;
    AddTimes(0.1 / std::sqrt(sums[row] + 1e-3), gradient, &expected[row]);
  }
  EXPECT_LT(LargestDifference(run.table, expected), 2e-6);
  ASSERT_EQ(run.optimizer.accumulators().size(), 5u);
  for (size_t row = 0; row < 5; ++row) {
    EXPECT_NEAR(run.optimizer.accumulators()[row], sums[row], 1e-5 * sums[row]);
  }
}

TEST(RowOptimizerTest, AdaGradAccumulatesClippedGradients) {
  OptimizerOptions options;
  options.kind = OptimizerKind::kAdaGrad;
  options.clip_gradient = 0.25;
  TableRun run(options);
  run.Apply(1, 50.0f, 0.1f, 4);
  EXPECT_NEAR(run.optimizer.accumulators()[4], 0.25 * 0.25 / kDim, 1e-9);
}

// The first gradient of a row is zero as often as its counterpart is.
TEST(RowOptimizerTest, AZeroGradientMovesNothing) {
  OptimizerOptions options;
  options.kind = OptimizerKind::kAdaGrad;
  options.clip_gradient = 1;
  TableRun run(options);
  const DoubleRows before = ToDouble(run.table);
  run.Apply(0, 0.0f, 1.0f, 2);
  EXPECT_EQ(LargestDifference(run.table, before), 0);
}

TEST(TableOptimizersTest, ListWhatTrainingChanges) {
  EmbeddingTable input = *EmbeddingTable::Create(3, 4);
  EmbeddingTable output = *EmbeddingTable::Create(2, 4);
  const auto names = [&](const OptimizerOptions& options) {
    std::vector<std::string> list;
    const auto tables = *TableOptimizers::Create(options, &input, &output);
    for (const TrainedArray& array : tables->State()) {
      list.push_back(array.name + " " + std::to_string(array.values.size()));
    }
    return list;
  };
  OptimizerOptions options;
  EXPECT_THAT(names(options), testing::ElementsAre("input 48", "output 32"));
  options.kind = OptimizerKind::kAdaGrad;
  EXPECT_THAT(names(options),
              testing::ElementsAre("input 48", "input_squares 3", "output 32",
                                   "output_squares 2"));
  options.train_output = false;
  EXPECT_THAT(names(options),
              testing::ElementsAre("input 48", "input_squares 3"));
}

TEST(TableOptimizersTest, OnlyPlainSgdTakesTheFusedKernels) {
  OptimizerOptions options;
  EXPECT_TRUE(options.IsPlainSgd());
  options.clip_gradient = 1;
  EXPECT_FALSE(options.IsPlainSgd());
  options.clip_gradient = 0;
  options.train_input = false;
  EXPECT_FALSE(options.IsPlainSgd());
}

TEST(OptimizerOptionsTest, RefusesBadValuesNamingThem) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  for (const double clip : {-1.0, kNaN, 1e30, 1e-30}) {
    OptimizerOptions options;
    options.clip_gradient = clip;
    EXPECT_EQ(options.Validate().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(options.Validate().message()),
                testing::HasSubstr("clip_gradient is "));
  }
  for (const double epsilon : {-1.0, 0.0, kNaN, 2.0}) {
    OptimizerOptions options;
    options.epsilon = epsilon;
    EXPECT_THAT(std::string(options.Validate().message()),
                testing::HasSubstr("epsilon is "));
  }
}

}  // namespace optimizer_test
}  // namespace embed
