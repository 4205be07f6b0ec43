#include "graph/typed_graph.h"

#include <algorithm>
#include <cmath>

#include "embed/base/check.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

template <class Type>
uint16_t FindByName(const std::vector<Type>& types, absl::string_view name) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i].name == name) return static_cast<uint16_t>(i);
  }
  return TypedGraph::kNoType;
}

// Calls visit(target, begin, end) for each run of arcs of `node` that lead to
// the same target.
template <class Visit>
void ForEachTarget(const Graph& graph, uint32_t node, const Visit& visit) {
  const uint32_t* const targets = graph.targets();
  const uint64_t row_end = graph.rows()[node + uint64_t{1}];
  for (uint64_t begin = graph.rows()[node]; begin < row_end;) {
    uint64_t end = begin + 1;
    while (end < row_end && targets[end] == targets[begin]) ++end;
    visit(targets[begin], begin, end);
    begin = end;
  }
}

// Where rows begin once each of their targets stands there once.
std::vector<uint64_t> RowsOfTargets(const Graph& graph) {
  std::vector<uint64_t> rows = {0};
  rows.reserve(graph.num_nodes() + size_t{1});
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    uint64_t end = rows.back();
    ForEachTarget(graph, v, [&](uint32_t, uint64_t, uint64_t) { ++end; });
    rows.push_back(end);
  }
  return rows;
}

// By size, so that the way back, whose types come in another order, has the
// same sum.
absl::StatusOr<float> SumOfWeights(std::vector<float>* weights) {
  std::sort(weights->begin(), weights->end());
  double sum = 0;
  for (const float weight : *weights) sum += weight;
  const auto result = static_cast<float>(sum);
  if (std::isfinite(result)) return result;
  return absl::InvalidArgumentError(
      "the weights of the edges between two nodes add up to a number beyond "
      "the range of float; scale all weights down");
}

// The weight of each arc of the joined rows. counts(source, target, arc) tells
// whether the weight of an arc is part of it.
template <class Counts>
absl::StatusOr<std::vector<float>> WeightsOfTargets(const Graph& graph,
                                                    uint64_t arcs,
                                                    const Counts& counts) {
  std::vector<float> sums;
  sums.reserve(arcs);
  std::vector<float> same;
  absl::Status status;
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    ForEachTarget(graph, v, [&](uint32_t target, uint64_t begin, uint64_t end) {
      same.clear();
      for (uint64_t arc = begin; arc < end; ++arc) {
        if (counts(v, target, arc)) same.push_back(graph.weights()[arc]);
      }
      const absl::StatusOr<float> sum = SumOfWeights(&same);
      status.Update(sum.status());
      sums.push_back(sum.value_or(0));
    });
  }
  EMBED_RETURN_IF_ERROR(status);
  return sums;
}

}  // namespace

TypedGraph::TypedGraph(Graph graph, std::vector<uint16_t> arc_types,
                       std::vector<NodeType> node_types,
                       std::vector<EdgeType> edge_types)
    : graph_(std::move(graph)),
      arc_types_(std::move(arc_types)),
      node_types_(std::move(node_types)),
      edge_types_(std::move(edge_types)) {
  EMBED_DCHECK(arc_types_.size() == graph_.num_arcs());
  EMBED_DCHECK(node_types_.size() < kNoType && edge_types_.size() < kNoType);
  types_of_nodes_.resize(graph_.num_nodes());
  for (size_t type = 0; type < node_types_.size(); ++type) {
    std::fill(types_of_nodes_.begin() + node_types_[type].begin,
              types_of_nodes_.begin() + node_types_[type].end,
              static_cast<uint16_t>(type));
  }
  FindRunsOfTypes();
  FillRunStarts();
}

absl::StatusOr<Graph> TypedGraph::TakeGraph() && {
  std::vector<uint64_t> rows = RowsOfTargets(graph_);
  if (rows.back() == graph_.num_arcs()) return std::move(graph_);
  std::vector<float> weights;
  if (graph_.weighted()) {
    // A self-loop, and its way back, is one arc.
    const auto counts = [this](uint32_t source, uint32_t target, uint64_t arc) {
      const uint16_t type = arc_types_[arc];
      return source != target || edge_types_[type].inverse >= type;
    };
    EMBED_ASSIGN_OR_RETURN(weights,
                           WeightsOfTargets(graph_, rows.back(), counts));
  }
  std::vector<uint32_t> targets;
  targets.reserve(rows.back());
  for (uint32_t v = 0; v < graph_.num_nodes(); ++v) {
    ForEachTarget(graph_, v, [&](uint32_t target, uint64_t, uint64_t) {
      targets.push_back(target);
    });
  }
  return Graph(std::move(rows), std::move(targets), std::move(weights));
}

uint16_t TypedGraph::FindNodeType(absl::string_view name) const {
  return FindByName(node_types_, name);
}

uint16_t TypedGraph::FindEdgeType(absl::string_view name) const {
  return FindByName(edge_types_, name);
}

TypedGraph::ArcsBetween TypedGraph::Between(uint16_t source,
                                            uint16_t target) const {
  EMBED_DCHECK(Connects(source, target));
  const Runs& runs = runs_[source];
  const uint16_t run = Run(source, target);
  ArcsBetween arcs;
  arcs.rows_ = graph_.rows();
  arcs.starts_ = run_starts_.data() + runs.begin + run;
  arcs.first_node_ = node_types_[source].begin;
  arcs.per_node_ = runs.per_node;
  arcs.last_ = run + 1 == runs.per_node;
  return arcs;
}

void TypedGraph::FindRunsOfTypes() {
  const size_t types = node_types_.size();
  run_of_types_.assign(types * types, kNoType);
  for (uint32_t v = 0; v < graph_.num_nodes(); ++v) {
    for (const uint32_t target : graph_.Neighbors(v)) {
      run_of_types_[types_of_nodes_[v] * types + types_of_nodes_[target]] = 0;
    }
  }
  uint64_t place = 0;
  runs_.resize(types);
  for (size_t source = 0; source < types; ++source) {
    Runs& runs = runs_[source];
    runs.begin = place;
    for (size_t target = 0; target < types; ++target) {
      uint16_t& run = run_of_types_[source * types + target];
      if (run != kNoType) run = runs.per_node++;
    }
    const NodeType& type = node_types_[source];
    place += uint64_t{type.end - type.begin} * runs.per_node;
  }
  run_starts_.resize(place);
}

void TypedGraph::FillRunStarts() {
  const auto num_types = static_cast<uint16_t>(node_types_.size());
  uint32_t* start = run_starts_.data();
  for (uint32_t v = 0; v < graph_.num_nodes(); ++v) {
    const absl::Span<const uint32_t> row = graph_.Neighbors(v);
    const uint16_t source = types_of_nodes_[v];
    size_t place = 0;
    for (uint16_t target = 0; target < num_types; ++target) {
      if (Run(source, target) == kNoType) continue;
      *start++ = static_cast<uint32_t>(place);
      while (place < row.size() && types_of_nodes_[row[place]] == target) {
        ++place;
      }
    }
  }
}

}  // namespace embed
