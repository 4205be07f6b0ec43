// The edge kernel on every target of this CPU against the same step in double,
// and against the numerical gradient of the loss that its header states.
#include "embed/kernels/edge_step.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "embed/kernels/cpu_target.h"
#include "embed/model/embedding_table.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"

namespace embed {
namespace edge_step_test {

// Rows of one table: each input with its targets, the positive first.
struct Case {
  std::vector<uint32_t> inputs;
  std::vector<std::vector<uint32_t>> targets;
};

double Label(size_t target) { return target == 0 ? 1 : 0; }

// The stated loss.
double Loss(const Case& c, const DoubleRows& rows) {
  double loss = 0;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    for (size_t j = 0; j < c.targets[i].size(); ++j) {
      const double score = Dot(rows[c.inputs[i]], rows[c.targets[i][j]]);
      loss += Softplus((1 - 2 * Label(j)) * score);
    }
  }
  return loss;
}

// The step in double, six targets after another; for distinct rows. Returns the
// loss, of each target when it is scored.
double Step(const Case& c, double rate, DoubleRows* rows) {
  double loss = 0;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    DoubleRow& x = (*rows)[c.inputs[i]];
    for (size_t first = 0; first < c.targets[i].size(); first += 6) {
      const DoubleRow before = x;
      const size_t end = std::min(first + 6, c.targets[i].size());
      for (size_t j = first; j < end; ++j) {
        DoubleRow& y = (*rows)[c.targets[i][j]];
        const double score = Dot(before, y);
        const double g = rate * (Label(j) - Sigmoid(score));
        loss += Softplus((1 - 2 * Label(j)) * score);
        AddTimes(g, y, &x);
        AddTimes(g, before, &y);
      }
    }
  }
  return loss;
}

double RunKernel(const Case& c, float rate, EmbeddingTable* table) {
  std::vector<float*> inputs;
  std::vector<float*> targets;
  for (const uint32_t row : c.inputs) inputs.push_back(table->row(row));
  for (const std::vector<uint32_t>& own : c.targets) {
    for (const uint32_t row : own) targets.push_back(table->row(row));
  }
  LossSum loss;
  GetEdgeStep()({inputs.data(), targets.data(), static_cast<int>(inputs.size()),
                 static_cast<int>(c.targets[0].size()), table->stride(), rate},
                &loss);
  return loss.Take();
}

class EdgeStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, EdgeStepTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(EdgeStepTest, MatchesDoubleForAllShapes) {
  for (const int dim : {1, 16, 17, 128, 300}) {
    for (const uint32_t inputs : {1u, 2u}) {
      for (const uint32_t targets : {1u, 2u, 5u, 6u, 7u, 12u, 20u}) {
        SCOPED_TRACE(testing::Message()
                     << "dim " << dim << ", " << inputs << " x " << targets);
        Case c;
        uint32_t row = 0;
        for (uint32_t i = 0; i < inputs; ++i) {
          c.inputs.push_back(row++);
          c.targets.emplace_back();
          for (uint32_t j = 0; j < targets; ++j) c.targets[i].push_back(row++);
        }
        EmbeddingTable table = *EmbeddingTable::Create(row + 1, dim);
        table.FillUniform(0.2f, 21, 1);
        DoubleRows rows = ToDouble(table);
        const double loss = Step(c, 0.05, &rows);
        EXPECT_NEAR(RunKernel(c, 0.05f, &table), loss, 1e-5 * (1 + loss));
        EXPECT_LT(LargestDifference(table, rows), 4e-6);
      }
    }
  }
}

// Each occurrence of a row counts: the positive or a negative that is the
// input's own row, a negative twice, a negative that is the positive.
TEST_P(EdgeStepTest, DescendsTheGradientWhereRowsAreShared) {
  constexpr float kRate = 1e-3f;
  const std::vector<Case> cases = {{{0}, {{1, 2, 3, 4, 5, 6}}},
                                   {{0}, {{0, 2, 3, 4, 5, 6}}},
                                   {{0}, {{1, 0, 3, 0, 5, 6}}},
                                   {{0}, {{1, 2, 2, 2, 1, 3}}},
                                   {{0}, {{0, 0, 0, 1, 1, 1}}},
                                   {{0}, {{0, 0, 1}}},
                                   {{0}, {{0}}},
                                   {{0, 7}, {{1, 0, 2}, {8, 8, 7}}}};
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    EmbeddingTable table = *EmbeddingTable::Create(9, 20);
    table.FillUniform(1.0f, 33, 1);
    DoubleRows rows = ToDouble(table);
    const DoubleRows gradient =
        NumericGradient([&] { return Loss(cases[i], rows); }, &rows);
    RunKernel(cases[i], kRate, &table);
    for (uint64_t r = 0; r < table.rows(); ++r) {
      for (uint64_t k = 0; k < table.stride(); ++k) {
        const double moved =
            (static_cast<double>(table.row(r)[k]) - rows[r][k]) /
            static_cast<double>(kRate);
        ASSERT_NEAR(moved, -gradient[r][k], 0.02) << "row " << r << ", " << k;
      }
    }
  }
}

TEST_P(EdgeStepTest, LargeScoresAndNanKeepTheLossTrue) {
  EmbeddingTable table = *EmbeddingTable::Create(4, 16);
  table.FillUniform(20.0f, 5, 1);
  const Case c = {{0}, {{1, 2, 3}}};
  const double loss = Loss(c, ToDouble(table));
  ASSERT_GT(loss, 50);
  EmbeddingTable copy = *EmbeddingTable::Create(4, 16);
  std::copy(table.data(), table.data() + 4 * table.stride(), copy.data());
  EXPECT_NEAR(RunKernel(c, 0.0f, &copy), loss, 1e-5 * loss);
  table.row(2)[3] = std::nanf("");
  EXPECT_TRUE(std::isnan(RunKernel(c, 0.0f, &table)));
}

}  // namespace edge_step_test
}  // namespace embed
