// The last part of every load: from arcs between numbered keys to a graph whose
// nodes are in their final order.
#ifndef EMBED_GRAPH_GRAPH_ASSEMBLY_H_
#define EMBED_GRAPH_GRAPH_ASSEMBLY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "graph/loaded_graph.h"
#include "graph/numbered_edges.h"

namespace embed {

// Nodes by falling count, equal ones by rising number; O(nodes + largest
// count).
std::vector<uint32_t> FallingOrder(absl::Span<const uint64_t> counts);

// Keeps the reader's statistics and adds those that the graph itself tells.
// `name` of the input stands before messages. InvalidArgument: no edge at all,
// or nothing but one node; a sum of weights that is not finite.
absl::StatusOr<LoadedGraph> AssembleGraph(NumberedEdges edges, bool directed,
                                          int threads, const std::string& name);

}  // namespace embed

#endif  // EMBED_GRAPH_GRAPH_ASSEMBLY_H_
