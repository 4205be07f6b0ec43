#include "graph/typed_graph.h"

#include <algorithm>

#include "embed/base/check.h"

namespace embed {
namespace {

template <class Type>
uint16_t FindByName(const std::vector<Type>& types, absl::string_view name) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i].name == name) return static_cast<uint16_t>(i);
  }
  return TypedGraph::kNoType;
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
