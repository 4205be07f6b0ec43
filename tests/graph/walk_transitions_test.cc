// Every walker against the exact probabilities of its steps, on small graphs
// with all that samplers get wrong: weights, directions, self-loops, parallel
// edges, dead ends.
#include <algorithm>
#include <cmath>
#include <vector>

#include "graph/typed_edge_list.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace walk_transitions_test {

constexpr uint64_t kSteps = 1000000;

WalkOptions Options(bool weighted) {
  WalkOptions options;
  options.walks_per_node = 2000;
  options.walk_length = 20;
  options.weighted = weighted;
  return options;
}

double PValue(const MatrixGraph& graph, const WalkOptions& options,
              const StepWeight& weight, uint64_t steps = kSteps) {
  const auto source = MakeWalkSource(graph.graph, options);
  return TransitionPValue(source.get(), graph.size(), weight, steps);
}

StepWeight FirstOrder(const MatrixGraph& graph, bool weighted) {
  return [&graph, weighted](const WalkState& state, uint32_t next) {
    return graph.weight(state.current, next, weighted);
  };
}

// The definition of node2vec, word for word.
StepWeight SecondOrder(const MatrixGraph& graph, double p, double q,
                       bool weighted) {
  return [&graph, p, q, weighted](const WalkState& state, uint32_t next) {
    const double weight = graph.weight(state.current, next, weighted);
    if (state.previous == WalkState::kNoVertex) return weight;
    if (next == state.previous) return weight / p;
    return graph.has(state.previous, next) ? weight : weight / q;
  };
}

TEST(WalkTransitionsTest, UniformAndWeighted) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (bool weighted : {false, true}) {
      EXPECT_GT(PValue(graph, Options(weighted), FirstOrder(graph, weighted)),
                kLeastPValue)
          << graph.name << (weighted ? ", weighted" : "");
    }
  }
}

TEST(WalkTransitionsTest, AWrongSamplerIsSeen) {
  const std::vector<MatrixGraph> graphs = HandMadeGraphs();
  // Weights ignored, and weights taken where none are asked for.
  for (const MatrixGraph& graph : graphs) {
    EXPECT_LT(PValue(graph, Options(true), FirstOrder(graph, false)), 1e-10);
    EXPECT_LT(PValue(graph, Options(false), FirstOrder(graph, true)), 1e-10);
  }
  // One arc of five taken one time in twenty too often.
  const MatrixGraph& star = graphs[1];
  const StepWeight slightly_wrong = [&](const WalkState& state, uint32_t next) {
    return star.weight(state.current, next, false) * (next == 5 ? 1.05 : 1);
  };
  EXPECT_LT(PValue(star, Options(false), slightly_wrong), kLeastPValue);
}

class Node2vecTransitionsTest
    : public ::testing::TestWithParam<std::pair<double, double>> {
 protected:
  WalkOptions Node2vec(bool weighted) const {
    WalkOptions options = Options(weighted);
    options.return_p = GetParam().first;
    options.inout_q = GetParam().second;
    return options;
  }
};

TEST_P(Node2vecTransitionsTest, AreExact) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (bool weighted : {false, true}) {
      EXPECT_GT(PValue(graph, Node2vec(weighted),
                       SecondOrder(graph, GetParam().first, GetParam().second,
                                   weighted)),
                kLeastPValue)
          << graph.name << (weighted ? ", weighted" : "");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Node2vecTransitionsTest,
                         ::testing::Values(std::pair(0.25, 4.0),
                                           std::pair(4.0, 0.25),
                                           std::pair(1.0, 1.0),
                                           std::pair(0.25, 0.25),
                                           std::pair(2.0, 3.0)));

WalkOptions Node2vec(double p, double q, bool weighted) {
  WalkOptions options = Options(weighted);
  options.return_p = p;
  options.inout_q = q;
  return options;
}

// A typed network without its types, as a matrix: many arcs lead from one node
// to another.
MatrixGraph WithoutTypes(const char* edges, bool weighted) {
  const TempFile file(edges);
  GraphFileOptions options;
  options.path = file.path();
  options.weighted = weighted;
  auto loaded = LoadTypedGraph(options);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  MatrixGraph result;
  const Graph& typed = loaded->graph.graph();
  const uint32_t nodes = typed.num_nodes();
  result.matrix.assign(nodes, std::vector<double>(nodes, 0));
  for (uint32_t v = 0; v < nodes; ++v) {
    for (uint64_t arc = typed.rows()[v]; arc < typed.rows()[v + 1]; ++arc) {
      const uint32_t target = typed.targets()[arc];
      const uint16_t type = loaded->graph.TypeOfArc(arc);
      // A self-loop has a way back, too.
      if (v == target && loaded->graph.edge_types()[type].inverse < type) {
        continue;
      }
      result.matrix[v][target] +=
          weighted ? static_cast<double>(typed.weights()[arc]) : 1;
    }
  }
  auto graph = std::move(loaded->graph).TakeGraph();
  EXPECT_TRUE(graph.ok()) << graph.status();
  result.graph = std::move(*graph);
  return result;
}

TEST(Node2vecTypedTest, ArcsOfSeveralTypesAreOne) {
  for (const bool weighted : {false, true}) {
    const MatrixGraph graph = WithoutTypes(
        "a\tx\tfollows\tb\tx\t1\nb\tx\tfollows\ta\tx\t2\n"
        "c\tx\tfollows\tb\tx\t1\nd\tx\tfollows\tb\tx\t3\n"
        "a\tx\tlikes\tc\tx\t1\na\tx\tfollows\tc\tx\t0.5\n"
        "c\tx\tlikes\tc\tx\t1\n",
        weighted);
    EXPECT_EQ(graph.graph.num_arcs(), 9u);
    for (const auto& [p, q] :
         {std::pair(0.25, 4.0), std::pair(4.0, 0.25), std::pair(1e4, 2e4)}) {
      EXPECT_GT(PValue(graph, Node2vec(p, q, weighted),
                       SecondOrder(graph, p, q, weighted)),
                kLeastPValue)
          << "p " << p << " q " << q << (weighted ? ", weighted" : "");
    }
  }
}

// Where hardly anything is accepted, walkers draw from whole rows.
TEST(Node2vecExtremesTest, AreExact) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (const auto& [p, q] : {std::pair(1e4, 2e4), std::pair(1e9, 1e9)}) {
      for (const bool weighted : {false, true}) {  // a class of its own each
        WalkOptions options = Node2vec(p, q, weighted);
        options.walks_per_node = 200;
        EXPECT_GT(PValue(graph, options, SecondOrder(graph, p, q, weighted),
                         kSteps / 20),
                  kLeastPValue)
            << graph.name << " p " << p << (weighted ? ", weighted" : "");
      }
    }
  }
}

// A row's degree over the sum of such weights is beyond the range of float.
TEST(Node2vecExtremesTest, TakesTheLeastWeights) {
  const float least = 1e-45f;
  const MatrixGraph graph = MakeMatrixGraph(
      "least weights", 4,
      {{0, 1, least}, {1, 2, least}, {2, 3, least}, {0, 2, least}}, false);
  EXPECT_GT(
      PValue(graph, Node2vec(0.1, 2, true), SecondOrder(graph, 0.1, 2, true)),
      kLeastPValue);
}

// Faults of released programs: the walks must not be those that these make.
TEST(Node2vecFaultsTest, ReturnIsAskedBeforeAdjacency) {
  const MatrixGraph graph = std::move(HandMadeGraphs()[2]);  // self-loops
  const StepWeight adjacency_first = [&](const WalkState& state,
                                         uint32_t next) {
    const double weight = graph.weight(state.current, next, false);
    if (state.previous == WalkState::kNoVertex) return weight;
    if (graph.has(state.previous, next)) return weight;
    return next == state.previous ? weight / 0.25 : weight / 4;
  };
  EXPECT_LT(PValue(graph, Node2vec(0.25, 4, false), adjacency_first), 1e-10);
}

TEST(Node2vecFaultsTest, DistanceIsThatOfTheArcFromThePrevious) {
  const MatrixGraph graph = std::move(HandMadeGraphs()[4]);  // directed
  const StepWeight reversed = [&](const WalkState& state, uint32_t next) {
    const double weight = graph.weight(state.current, next, false);
    if (state.previous == WalkState::kNoVertex) return weight;
    if (next == state.previous) return weight / 0.25;
    return graph.has(next, state.previous) ? weight : weight / 4;
  };
  EXPECT_LT(PValue(graph, Node2vec(0.25, 4, false), reversed), 1e-10);
}

TEST(Node2vecFaultsTest, TheFirstStepGoesByWeight) {
  const MatrixGraph graph = std::move(HandMadeGraphs()[0]);
  const StepWeight right = SecondOrder(graph, 0.25, 4, true);
  const StepWeight uniform_first = [&](const WalkState& state, uint32_t next) {
    return state.previous == WalkState::kNoVertex
               ? graph.weight(state.current, next, false)
               : right(state, next);
  };
  EXPECT_LT(PValue(graph, Node2vec(0.25, 4, true), uniform_first), 1e-10);
}

TEST(Node2vecFaultsTest, NearAndFarAreNotMixedUp) {
  const MatrixGraph graph = std::move(HandMadeGraphs()[6]);
  for (const auto& [p, q] : {std::pair(0.25, 3.7), std::pair(0.28, 4.0)}) {
    EXPECT_LT(PValue(graph, Node2vec(0.25, 4, false),
                     SecondOrder(graph, p, q, false)),
              kLeastPValue);
  }
}

TEST(Node2vecPlusTest, IsExact) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (const auto& [p, q, gamma] :
         {std::tuple(0.25, 4.0, 0.0), std::tuple(4.0, 0.25, 0.5),
          std::tuple(1.0, 2.0, -0.5), std::tuple(0.5, 1.0, 1.0)}) {
      std::vector<double> thresholds;
      for (const std::vector<double>& row : graph.matrix) {
        double sum = 0, squares = 0, arcs = 0;
        for (const double weight : row) {
          arcs += weight > 0;
          sum += weight;
          squares += weight * weight;
        }
        const double mean = arcs > 0 ? sum / arcs : 0;
        const double variance = arcs > 0 ? squares / arcs - mean * mean : 0;
        thresholds.push_back(
            std::max(0.0, mean + gamma * std::sqrt(std::max(0.0, variance))));
      }
      const StepWeight weight = [&, p = p, q = q](const WalkState& state,
                                                  uint32_t next) {
        const uint32_t t = state.previous;
        const double w = graph.matrix[state.current][next];
        if (t == WalkState::kNoVertex) return w;
        if (next == t) return w / p;
        const double strength = graph.matrix[t][next];
        if (strength > 0 && strength >= thresholds[next] - 1e-7) return w;
        if (w < thresholds[state.current] - 1e-7)
          return w * std::min(1.0, 1 / q);
        const double ratio = strength > 0 ? strength / thresholds[next] : 0;
        return w * (1 / q + (1 - 1 / q) * ratio);
      };
      WalkOptions options = Node2vec(p, q, true);
      options.plus = true;
      options.plus_gamma = gamma;
      EXPECT_GT(PValue(graph, options, weight, kSteps / 4), kLeastPValue)
          << graph.name << " p " << p << " q " << q << " gamma " << gamma;
    }
  }
}

TEST(RestartTest, JumpsToTheStart) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (bool weighted : {false, true}) {
      WalkOptions options = Options(weighted);
      options.restart = 0.15;
      const StepWeight weight = [&](const WalkState& state, uint32_t next) {
        double sum = 0;
        for (uint32_t v = 0; v < graph.size(); ++v) {
          sum += graph.weight(state.current, v, weighted);
        }
        if (sum == 0) return 0.0;
        return 0.85 * graph.weight(state.current, next, weighted) / sum +
               0.15 * (next == state.start);
      };
      EXPECT_GT(PValue(graph, options, weight), kLeastPValue) << graph.name;
    }
  }
}

// (A + C) / (D D)^beta with dense matrices.
StepWeight DegreePenalty(const MatrixGraph& graph, double beta, bool weighted) {
  const uint32_t n = graph.size();
  std::vector<double> degrees(n, 0);
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = 0; j < n; ++j) degrees[i] += graph.weight(i, j, weighted);
  }
  std::vector<std::vector<double>> result(n, std::vector<double>(n, 0));
  for (uint32_t i = 0; i < n; ++i) {
    for (uint32_t j = 0; j < n; ++j) {
      double paths = graph.weight(i, j, weighted);
      for (uint32_t k = 0; k < n && i != j; ++k) {
        paths += graph.weight(k, i, weighted) * graph.weight(k, j, weighted);
      }
      if (paths > 0) {
        result[i][j] = paths / std::pow(degrees[i] * degrees[j], beta);
      }
    }
  }
  return [result](const WalkState& state, uint32_t next) {
    return result[state.current][next];
  };
}

TEST(DegreePenaltyTest, IsExact) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (const double beta : {0.25, 1.0, 5.0}) {
      for (bool weighted : {false, true}) {
        WalkOptions options = Options(weighted);
        options.degree_penalty = beta;
        if (graph.name.find("directed") == 0) {
          EXPECT_FALSE(WalkSource::Create(graph.graph, options).ok());
          continue;
        }
        EXPECT_GT(PValue(graph, options, DegreePenalty(graph, beta, weighted),
                         kSteps / 4),
                  kLeastPValue)
            << graph.name << " beta " << beta << (weighted ? ", weighted" : "");
      }
    }
  }
}

TEST(DegreePenaltyTest, ArcsOfSeveralTypesAreOne) {
  for (const bool weighted : {false, true}) {
    const MatrixGraph graph = WithoutTypes(
        "a\tx\tfollows\tb\tx\t1\nb\tx\tfollows\ta\tx\t0.1\n"
        "c\tx\tlikes\tb\tx\t0.3\na\tx\tlikes\tb\tx\t1e-8\n",
        weighted);
    WalkOptions options = Options(weighted);
    options.degree_penalty = 3;
    EXPECT_GT(
        PValue(graph, options, DegreePenalty(graph, 3, weighted), kSteps / 4),
        kLeastPValue)
        << (weighted ? "weighted" : "");
  }
}

// Powers of these degrees are beyond the range of double.
TEST(DegreePenaltyTest, TakesWeightsOfAnySize) {
  for (const float scale : {1e38f, 1e-36f}) {
    const MatrixGraph graph = MakeMatrixGraph(
        "extreme weights", 4,
        {{0, 1, scale}, {1, 2, 2 * scale}, {2, 0, scale}, {2, 3, scale}},
        false);
    const MatrixGraph plain =
        MakeMatrixGraph("plain weights", 4,
                        {{0, 1, 1}, {1, 2, 2}, {2, 0, 1}, {2, 3, 1}}, false);
    // One hop has a weight, two have the square of one.
    const double unit = scale;
    const StepWeight hops = [&](const WalkState& state, uint32_t next) {
      const uint32_t i = state.current;
      double degree = 0;
      double paths = plain.matrix[i][next] / unit;
      for (uint32_t k = 0; k < plain.size(); ++k) {
        degree += plain.matrix[next][k];
        if (i != next) paths += plain.matrix[i][k] * plain.matrix[k][next];
      }
      return paths * std::pow(degree, -10);
    };
    WalkOptions options = Options(true);
    options.degree_penalty = 10;
    EXPECT_GT(PValue(graph, options, hops, kSteps / 4), kLeastPValue) << scale;
  }
}

TEST(DegreePenaltyTest, NeedsItsExponent) {
  const MatrixGraph graph = std::move(HandMadeGraphs()[0]);
  WalkOptions options = Options(false);
  options.degree_penalty = 0.5;
  EXPECT_LT(PValue(graph, options, DegreePenalty(graph, 0.45, false)),
            kLeastPValue);
}

}  // namespace walk_transitions_test
}  // namespace embed
