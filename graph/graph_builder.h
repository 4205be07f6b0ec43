// From a list of arcs to a Graph by counting sorts: O(arcs + nodes), no
// comparison without weights; the same for any number of threads.
//
// The list's arcs are gathered in rows (GatherRows), repetitions joined; then
// the nodes get their numbers and the rows their order (ArrangeRows). Moving
// the arcs of rows 0, 1, ... in turn to the rows of their targets leaves each
// row sorted by where its arcs came from: one such transposition sorts the rows
// of an undirected graph, two those of a directed one. Rows with weights are
// sorted in place instead, O(arcs log degree), for the sake of memory.
//
// Peak memory beside 8 + 4 bytes a node and 8 more a node and thread (of at
// most kMaxJoinThreads): of an undirected graph 8 bytes an arc, 14 weighted; of
// a directed one 12, weighted 13.
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

// Rows of arcs, none to the same target twice, in no order.
struct ArcRows {
  uint32_t size(uint32_t row) const { return sizes[row]; }
  uint32_t num_rows() const { return static_cast<uint32_t>(sizes.size()); }

  std::vector<uint64_t> starts;  // row v begins at starts[v]
  std::vector<uint32_t> sizes;
  std::vector<uint32_t> targets;
  std::vector<float> weights;  // empty if unweighted
};

// Each thread that joins repetitions takes 8 bytes a node.
constexpr int kMaxJoinThreads = 4;

// Entries that name the same arc (the same edge, either way round, when
// undirected) become one: in a weighted list its weight is their sum, added in
// the list's order. A self-loop is one arc. InvalidArgument: a sum of weights
// that is not finite.
absl::StatusOr<ArcRows> GatherRows(ArcList arcs,
                                   const GraphBuildOptions& options);

// The graph whose node i is the one of row order[i], a permutation.
Graph ArrangeRows(ArcRows rows, absl::Span<const uint32_t> order,
                  const GraphBuildOptions& options);

// Both, nodes keeping their numbers.
absl::StatusOr<Graph> BuildGraph(ArcList arcs,
                                 const GraphBuildOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_GRAPH_BUILDER_H_
