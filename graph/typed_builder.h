// From numbered typed edges to a TypedGraph.
#ifndef EMBED_GRAPH_TYPED_BUILDER_H_
#define EMBED_GRAPH_TYPED_BUILDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/arc_list.h"
#include "graph/typed_graph.h"

namespace embed {

// Edges between nodes numbered in any order.
struct TypedEdges {
  explicit TypedEdges(bool weighted) : arcs(weighted) {}

  ArcList arcs;
  std::vector<uint16_t> edge_types;     // of each arc
  std::vector<uint16_t> types_of_node;  // of each node
  std::vector<std::string> node_type_names;
  std::vector<std::string> edge_type_names;
};

struct BuiltTypedGraph {
  TypedGraph graph;
  std::vector<uint32_t> order;   // node i was number order[i]
  std::vector<uint64_t> counts;  // of node i: arcs that leave it; if directed,
                                 // those that enter it, too
  uint64_t different = 0;        // edges given, repetitions not counted
  uint64_t edges = 0;            // the same, those given both ways once
  uint64_t self_loops = 0;       // of them
};

// What graph/typed_edge_list.h says of inverses, repetitions and the order of
// nodes. InvalidArgument: a sum of weights that is not finite, an edge type
// called as the inverse of another one.
absl::StatusOr<BuiltTypedGraph> BuildTypedGraph(TypedEdges edges, bool directed,
                                                int threads);

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_BUILDER_H_
