// The kernel of HIN2Vec on every target of this CPU against the same step in
// double, and against numerical gradients: of the loss for the sigmoid, and for
// the step of what its header says that relation, node and targets descend.
// Tolerance: float32 rounding of rows of at most 1 and of scores that are sums
// of `dim` products.
#include "embed/kernels/triple_step.h"

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
namespace triple_step_test {

constexpr size_t kTile = 6;  // targets that see each other's old values

struct Case {
  RelationGate gate;
  int dim;
  uint32_t x;
  std::vector<uint32_t> targets;  // the positive first
  float radius;                   // of node rows; relations have 2
};

double Gate(RelationGate gate, double r) {
  if (gate == RelationGate::kSigmoid) return Sigmoid(r);
  return r >= 0 ? 1 : 0;
}

double Slope(double r) { return Sigmoid(r) * (1 - Sigmoid(r)); }

// The loss of the targets from `first` on, `count` of them, for open-ness
// gate[i] of each dimension.
double PartLoss(const Case& c, size_t first, size_t count,
                const DoubleRows& nodes, const DoubleRow& gate) {
  double loss = 0;
  for (size_t t = first; t < first + count; ++t) {
    double score = 0;
    for (size_t i = 0; i < gate.size(); ++i) {
      score += nodes[c.x][i] * gate[i] * nodes[c.targets[t]][i];
    }
    loss += Softplus(t == 0 ? -score : score);
  }
  return loss;
}

DoubleRow Gates(RelationGate gate, const DoubleRow& r) {
  DoubleRow gates;
  for (const double value : r) gates.push_back(Gate(gate, value));
  return gates;
}

// The step in double as the header states it; returns the loss.
double Step(const Case& c, double rate, DoubleRows* nodes, DoubleRow* r) {
  double loss = 0;
  for (size_t first = 0; first < c.targets.size(); first += kTile) {
    const size_t count = std::min(kTile, c.targets.size() - first);
    const DoubleRow gate = Gates(c.gate, *r);
    loss += PartLoss(c, first, count, *nodes, gate);
    const DoubleRows old = *nodes;
    DoubleRow h = old[c.x];
    for (size_t i = 0; i < h.size(); ++i) h[i] *= gate[i];
    DoubleRow e(h.size());
    for (size_t t = first; t < first + count; ++t) {
      const DoubleRow& y = old[c.targets[t]];
      const double g = rate * ((t == 0 ? 1 : 0) - Sigmoid(Dot(h, y)));
      AddTimes(g, y, &e);
      AddTimes(g, h, &(*nodes)[c.targets[t]]);
    }
    for (size_t i = 0; i < h.size(); ++i) {
      (*nodes)[c.x][i] += e[i] * gate[i];
      (*r)[i] += e[i] * old[c.x][i] * Slope((*r)[i]);
    }
  }
  return loss;
}

struct StepRun {
  explicit StepRun(const Case& c)
      : nodes(*EmbeddingTable::Create(40, c.dim)),
        relations(*EmbeddingTable::Create(3, c.dim)) {
    nodes.FillUniform(c.radius, 31, 1);
    relations.FillUniform(2.0f, 32, 1);
  }

  void Step(const Case& c, float rate) {
    std::vector<float*> targets;
    for (const uint32_t t : c.targets) targets.push_back(nodes.row(t));
    GetTripleStep(c.gate)(
        {nodes.row(c.x), relations.row(1), targets.data(),
         static_cast<int>(targets.size()), nodes.stride(), rate},
        &loss);
  }

  EmbeddingTable nodes;
  EmbeddingTable relations;
  LossSum loss;
};

void Check(const Case& c, double tolerance) {
  constexpr float kRate = 0.05f;
  StepRun run(c);
  DoubleRows nodes = ToDouble(run.nodes);
  DoubleRows relations = ToDouble(run.relations);
  const double loss =
      Step(c, static_cast<double>(kRate), &nodes, &relations[1]);
  run.Step(c, kRate);
  EXPECT_NEAR(run.loss.Take(), loss, 1e-5 * (1 + loss));
  EXPECT_LT(LargestDifference(run.nodes, nodes), tolerance);
  EXPECT_LT(LargestDifference(run.relations, relations), tolerance);
}

std::vector<uint32_t> Range(uint32_t first, uint32_t count) {
  std::vector<uint32_t> ids(count);
  for (uint32_t i = 0; i < count; ++i) ids[i] = first + i;
  return ids;
}

constexpr RelationGate kGates[] = {RelationGate::kStep, RelationGate::kSigmoid};

class TripleStepTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }
};

INSTANTIATE_TEST_SUITE_P(Targets, TripleStepTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(TripleStepTest, MatchesDoubleForAllShapes) {
  for (const RelationGate gate : kGates) {
    for (const int dim : {1, 16, 17, 100, 128, 300}) {
      for (const uint32_t targets : {1, 2, 5, 6, 7, 12, 13, 30}) {
        SCOPED_TRACE(testing::Message()
                     << "dim " << dim << ", " << targets << " targets");
        Check({gate, dim, 3, Range(5, targets), 0.3f}, 4e-6);
      }
    }
  }
}

// A later occurrence of a row sees the earlier one, a difference of order
// rate^2.
TEST_P(TripleStepTest, TakesRowsThatOccurAgain) {
  for (const RelationGate gate : kGates) {
    Check({gate, 50, 3, {4, 7, 7, 8, 7, 4}, 0.3f}, 5e-4);
    Check({gate, 50, 3, {3, 7, 3, 8, 7, 4, 3}, 0.3f}, 5e-4);  // y is x
  }
}

// The update over a small rate is the downward gradient of the loss.
TEST_P(TripleStepTest, SigmoidGateDescendsTheLoss) {
  constexpr float kRate = 1e-4f;
  constexpr double kTolerance = 1e-3;  // rounding of rows over the rate
  const Case c = {RelationGate::kSigmoid, 20, 3, {4, 7, 9, 7, 8, 3, 5}, 0.4f};
  StepRun run(c);
  DoubleRows nodes = ToDouble(run.nodes);
  DoubleRows relations = ToDouble(run.relations);
  const auto loss = [&] {
    return PartLoss(c, 0, c.targets.size(), nodes, Gates(c.gate, relations[1]));
  };
  const DoubleRows node_gradient = NumericGradient(loss, &nodes);
  const DoubleRows relation_gradient = NumericGradient(loss, &relations);
  run.Step(c, kRate);
  for (size_t k = 0; k < 20; ++k) {
    for (size_t n = 0; n < nodes.size(); ++n) {
      ASSERT_NEAR((nodes[n][k] - run.nodes.row(n)[k]) / kRate,
                  node_gradient[n][k], kTolerance);
    }
    for (size_t n = 0; n < relations.size(); ++n) {
      ASSERT_NEAR((relations[n][k] - run.relations.row(n)[k]) / kRate,
                  relation_gradient[n][k], kTolerance);
    }
  }
}

// Nodes descend the loss of the step; a relation that of gates that differ from
// the step by s(r) - s(r before), as if the sigmoid moved it from there.
TEST_P(TripleStepTest, StepGateDescendsItsSurrogate) {
  constexpr float kRate = 1e-4f;
  constexpr double kTolerance = 1e-3;
  const Case c = {RelationGate::kStep, 20, 3, {4, 7, 9, 7, 8, 3}, 0.4f};
  StepRun run(c);
  DoubleRows nodes = ToDouble(run.nodes);
  DoubleRows relations = ToDouble(run.relations);
  const DoubleRow before = relations[1];
  const auto loss = [&] {
    DoubleRow gate = Gates(c.gate, before);
    for (size_t i = 0; i < gate.size(); ++i) {
      gate[i] += Sigmoid(relations[1][i]) - Sigmoid(before[i]);
    }
    return PartLoss(c, 0, c.targets.size(), nodes, gate);
  };
  const DoubleRows node_gradient = NumericGradient(loss, &nodes);
  const DoubleRows relation_gradient = NumericGradient(loss, &relations);
  run.Step(c, kRate);
  double moved = 0;
  for (size_t k = 0; k < 20; ++k) {
    for (size_t n = 0; n < nodes.size(); ++n) {
      ASSERT_NEAR((nodes[n][k] - run.nodes.row(n)[k]) / kRate,
                  node_gradient[n][k], kTolerance);
    }
    ASSERT_NEAR((relations[1][k] - run.relations.row(1)[k]) / kRate,
                relation_gradient[1][k], kTolerance);
    if (before[k] < 0) moved += std::abs(relation_gradient[1][k]);
  }
  EXPECT_GT(moved, 0.01);  // a closed dimension can open again
}

TEST_P(TripleStepTest, SaturatesWithoutOverflow) {
  for (const RelationGate gate : kGates) {
    Check({gate, 128, 3, Range(5, 6), 20.0f}, 1e-2);
  }
}

TEST_P(TripleStepTest, SumsTheLossOfManySteps) {
  const Case c = {RelationGate::kStep, 16, 3, Range(5, 9), 1.0f};
  StepRun run(c);
  DoubleRows nodes = ToDouble(run.nodes);
  DoubleRows relations = ToDouble(run.relations);
  const double once = Step(c, 0, &nodes, &relations[1]);
  // A rate that moves no row.
  for (int i = 0; i < 1000; ++i) run.Step(c, 1e-30f);
  EXPECT_NEAR(run.loss.Take(), 1000 * once, 1e-5 * 1000 * once);
}

TEST_P(TripleStepTest, PaddingStaysZero) {
  for (const RelationGate gate : kGates) {
    const Case c = {gate, 17, 0, {1, 2}, 1.0f};
    StepRun run(c);
    run.Step(c, 0.1f);
    for (int k = 17; k < 32; ++k) {
      EXPECT_EQ(run.nodes.row(0)[k], 0.0f);
      EXPECT_EQ(run.nodes.row(2)[k], 0.0f);
      EXPECT_EQ(run.relations.row(1)[k], 0.0f);
    }
  }
}

TEST_P(TripleStepTest, NotANumberShowsInTheLoss) {
  for (const uint32_t bad : {0, 1, 2}) {  // x, the positive, a negative
    const Case c = {RelationGate::kStep, 16, 0, {1, 2}, 1.0f};
    StepRun run(c);
    std::fill(run.relations.row(1), run.relations.row(1) + 16, 1.0f);
    run.nodes.row(bad)[3] = std::nanf("");
    run.Step(c, 0.1f);
    EXPECT_FALSE(std::isfinite(run.loss.Take()));
  }
}

}  // namespace triple_step_test
}  // namespace embed
