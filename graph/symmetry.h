// Whether a graph is one of undirected edges.
#ifndef EMBED_GRAPH_SYMMETRY_H_
#define EMBED_GRAPH_SYMMETRY_H_

#include "graph/graph.h"

namespace embed {

// True if each arc has its reverse, of the same weight where there are weights.
// O(arcs) time, 8 bytes a node; nothing where the graph knows that it is
// undirected().
bool IsSymmetric(const Graph& graph);

}  // namespace embed

#endif  // EMBED_GRAPH_SYMMETRY_H_
