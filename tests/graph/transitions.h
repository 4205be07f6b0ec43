// Tests of walks against exact transition probabilities.
#ifndef EMBED_TESTS_GRAPH_TRANSITIONS_H_
#define EMBED_TESTS_GRAPH_TRANSITIONS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "boost/math/special_functions/gamma.hpp"
#include "graph/graph.h"
#include "graph/walk_source.h"
#include "gtest/gtest.h"

namespace embed {

// A small graph as a matrix of weights, 0 where there is no arc: what oracles
// read. `graph` is the same for walkers.
struct MatrixGraph {
  std::string name;
  std::vector<std::vector<double>> matrix;
  Graph graph;

  uint32_t size() const { return static_cast<uint32_t>(matrix.size()); }
  bool has(uint32_t from, uint32_t to) const { return matrix[from][to] > 0; }
  double weight(uint32_t from, uint32_t to, bool weighted) const {
    return weighted ? matrix[from][to] : (has(from, to) ? 1 : 0);
  }
};

struct TestArc {
  uint32_t source;
  uint32_t target;
  float weight;
};

inline MatrixGraph MakeMatrixGraph(const std::string& name, uint32_t nodes,
                                   const std::vector<TestArc>& arcs,
                                   bool directed) {
  MatrixGraph result;
  result.name = name;
  result.matrix.assign(nodes, std::vector<double>(nodes, 0));
  for (const TestArc& arc : arcs) {
    result.matrix[arc.source][arc.target] += arc.weight;
    if (!directed && arc.source != arc.target) {
      result.matrix[arc.target][arc.source] += arc.weight;
    }
  }
  std::vector<uint64_t> rows = {0};
  std::vector<uint32_t> targets;
  std::vector<float> weights;
  for (const std::vector<double>& row : result.matrix) {
    for (uint32_t target = 0; target < nodes; ++target) {
      if (row[target] == 0) continue;
      targets.push_back(target);
      weights.push_back(static_cast<float>(row[target]));
    }
    rows.push_back(targets.size());
  }
  result.graph = Graph(rows, targets, weights);
  return result;
}

// Each of the features that samplers get wrong, all with weights that float
// holds exactly.
inline std::vector<MatrixGraph> HandMadeGraphs() {
  std::vector<MatrixGraph> graphs;
  const auto add = [&](const char* name, uint32_t nodes,
                       const std::vector<TestArc>& arcs, bool directed) {
    graphs.push_back(MakeMatrixGraph(name, nodes, arcs, directed));
  };
  add("triangle with a tail", 4,
      {{0, 1, 1}, {1, 2, 2.5f}, {2, 0, 0.25f}, {2, 3, 7}}, false);
  add("star", 6, {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}, {0, 4, 4}, {0, 5, 8}},
      false);
  add("self-loops", 4,
      {{0, 0, 2}, {0, 1, 1}, {1, 2, 3}, {2, 2, 1}, {2, 3, 0.5f}, {3, 0, 1}},
      false);
  add("parallel edges", 4,
      {{0, 1, 1}, {0, 1, 2}, {1, 2, 1}, {2, 3, 1}, {3, 2, 4}, {3, 0, 1}},
      false);
  add("directed", 5,
      {{0, 1, 1},
       {1, 0, 3},
       {1, 2, 1},
       {0, 2, 2},
       {2, 3, 1},
       {3, 1, 2},
       {3, 0, 1},
       {2, 0, 1},
       {1, 4, 1},
       {4, 1, 1},
       {4, 4, 2}},
      true);
  add("directed with dead ends", 5,
      {{0, 1, 1}, {1, 2, 2}, {2, 0, 1}, {1, 0, 1}, {2, 3, 1}, {0, 3, 0.5f}},
      true);
  add("two triangles", 6,
      {{0, 1, 1},
       {1, 2, 1},
       {2, 0, 4},
       {2, 3, 1},
       {3, 4, 2},
       {4, 5, 1},
       {5, 3, 1},
       {1, 4, 0.5f}},
      false);
  return graphs;
}

// Counts of steps to each vertex, for each state that the oracle tells apart.
using StepCounts = std::vector<std::vector<uint64_t>>;

// Where a walk stands before a step: its start, the vertex before (kNoVertex in
// the first step) and the current one.
struct WalkState {
  static constexpr uint32_t kNoVertex = 0xFFFFFFFF;
  uint32_t start;
  uint32_t previous;
  uint32_t current;
};

// The weight of a step to `next`, up to a factor of the state.
using StepWeight = std::function<double(const WalkState& state, uint32_t next)>;

// The p-value of Pearson's chi-square test of all steps of whole epochs, at
// least `steps` of them, against the exact probabilities: small if the walks
// are not those of the oracle. A step of weight 0 gives 0. States are told
// apart by all they hold; rare targets of a state share a cell.
inline double TransitionPValue(WalkSource* source, uint32_t nodes,
                               const StepWeight& weight, uint64_t steps) {
  StepCounts counts((nodes + 1) * nodes * nodes,
                    std::vector<uint64_t>(nodes, 0));
  SequenceBatch batch;
  uint64_t seen = 0;
  for (uint32_t epoch = 0; seen < steps; ++epoch) {
    for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
      EXPECT_TRUE(source->Read(epoch, chunk, &batch).ok());
      for (size_t i = 0; i < batch.num_sequences(); ++i) {
        const absl::Span<const uint32_t> walk = batch.sequence(i);
        for (size_t k = 1; k < walk.size(); ++k, ++seen) {
          const uint32_t before = k == 1 ? nodes : walk[k - 2];
          ++counts[(walk[0] * (nodes + 1) + before) * nodes + walk[k - 1]]
                  [walk[k]];
        }
      }
    }
  }
  double statistic = 0;
  double freedom = 0;
  for (size_t index = 0; index < counts.size(); ++index) {
    const auto number = static_cast<uint32_t>(index);
    WalkState state;
    state.current = number % nodes;
    state.previous = number / nodes % (nodes + 1);
    if (state.previous == nodes) state.previous = WalkState::kNoVertex;
    state.start = number / nodes / (nodes + 1);
    double draws = 0;
    double sum = 0;
    for (uint32_t next = 0; next < nodes; ++next) {
      draws += static_cast<double>(counts[index][next]);
      sum += weight(state, next);
    }
    if (draws == 0) continue;
    double rare_expected = 0;
    double rare_count = 0;
    const auto add_cell = [&](double expected, double count) {
      statistic += (count - expected) * (count - expected) / expected;
      freedom += 1;
    };
    for (uint32_t next = 0; next < nodes; ++next) {
      const auto count = static_cast<double>(counts[index][next]);
      const double expected = draws * weight(state, next) / sum;
      if (expected == 0 && count > 0) return 0;
      if (expected >= 10) {
        add_cell(expected, count);
      } else {
        rare_expected += expected;
        rare_count += count;
      }
    }
    if (rare_expected > 0) add_cell(rare_expected, rare_count);
    freedom -= 1;
  }
  if (freedom <= 0) return 1;  // no choice anywhere
  return boost::math::gamma_q(freedom / 2, statistic / 2);
}

// What any right sampler must reach, with fixed seeds, and a wrong one not.
constexpr double kLeastPValue = 1e-4;

inline std::unique_ptr<WalkSource> MakeWalkSource(const Graph& graph,
                                                  const WalkOptions& options) {
  auto source = WalkSource::Create(graph, options);
  EXPECT_TRUE(source.ok()) << source.status();
  return std::move(*source);
}

}  // namespace embed

#endif  // EMBED_TESTS_GRAPH_TRANSITIONS_H_
