// Holds edges of a graph out, to be predicted (the protocol of node2vec;
// Grover, Leskovec 2016, section 4.4): what stays connects the same nodes as
// before, and as many pairs without an edge are drawn as edges are held out.
#ifndef EMBED_GRAPH_EDGE_HOLDOUT_H_
#define EMBED_GRAPH_EDGE_HOLDOUT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/arc_list.h"
#include "graph/graph.h"

namespace embed {

// Where the pairs without an edge come from.
enum class NonEdges {
  kUniform,  // both nodes at random
  // The source of a held-out edge, a random node that some edge leads to: the
  // harder question where edges go from one kind of node to another (a user's
  // items), for which most of the other pairs are too easy. Directed graphs
  // only: an undirected one does not know which node is the user.
  kSameSource,
};

struct HoldoutOptions {
  // InvalidArgument: fraction not inside (0, 1); kSameSource without directed.
  absl::Status Validate() const;

  double fraction = 0.5;  // of the edges, self-loops not counted
  bool directed = false;  // as the graph was loaded
  NonEdges non_edges = NonEdges::kUniform;
  uint64_t seed = 1;
};

// An edge of an undirected graph is given once, as source < target.
struct Holdout {
  std::vector<Arc> kept;       // rising; every self-loop is among them
  std::vector<Arc> held_out;   // in random order
  std::vector<Arc> non_edges;  // as many as held_out; none twice, no self-loop
};

// A random spanning forest (the edges that join two parts when all are added in
// random order) is never held out, so every component of the graph stays
// connected, weakly if directed; of the other edges a random round(fraction *
// edges) are. Non-edges are drawn uniformly from all pairs (ordered if
// directed) that are no edge of the whole graph.
//
// InvalidArgument: options that are not valid, a fraction that rounds to no
// edge or that would cut a component (the largest possible is named), fewer
// pairs without an edge than are wanted. Time O(edges), memory 16 bytes an
// edge. The result depends on graph and options only.
absl::StatusOr<Holdout> HoldOutEdges(const Graph& graph,
                                     const HoldoutOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_EDGE_HOLDOUT_H_
