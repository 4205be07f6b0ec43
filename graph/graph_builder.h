// Builds a Graph from a list of arcs, and gives its nodes other numbers.
// Both are O(arcs * log(largest degree)) and give the same for any `threads`.
#ifndef EMBED_GRAPH_GRAPH_BUILDER_H_
#define EMBED_GRAPH_GRAPH_BUILDER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "graph/arc_list.h"
#include "graph/graph.h"

namespace embed {

struct GraphBuildOptions {
  uint32_t num_nodes = 0;  // above every id in the list
  bool directed = false;   // false: each entry is an edge, stored both ways
  int threads = 1;
};

// Entries that name the same arc (the same edge, either way round, when
// undirected) become one: in a weighted list its weight is their sum, added in
// the list's order. A self-loop is one arc. The list is given away, so that its
// memory is free before the next step of a caller. Peak: the list and 4 bytes
// an arc (8 weighted). InvalidArgument: a sum of weights that is not finite.
absl::StatusOr<Graph> BuildGraph(ArcList arcs,
                                 const GraphBuildOptions& options);

// The same graph where old node order[i] is node i. `order` is a permutation of
// 0 .. num_nodes - 1.
Graph RenumberGraph(const Graph& graph, absl::Span<const uint32_t> order,
                    int threads);

}  // namespace embed

#endif  // EMBED_GRAPH_GRAPH_BUILDER_H_
