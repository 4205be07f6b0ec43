// Reads GraphML by the reader of Boost.Graph.
//
// A node's key is its `id`; an edge's weight is the data whose key has the
// attr.name "weight" (or that key's default). Nodes without edges are nodes.
// Nested graphs are part of the graph; of several graphs side by side the first
// one is read. Ports and hyperedges are left out.
#ifndef EMBED_GRAPH_GRAPHML_H_
#define EMBED_GRAPH_GRAPHML_H_

#include <string>

#include "absl/status/status.h"
#include "graph/numbered_edges.h"

namespace embed {

// Reads the file (as InputStream::Open()) into *edges, weights if its list has
// them. A graph of directed edges may be read as undirected, which
// stats.ignored_directions counts. InvalidArgument, with the path and either
// the line or the number of the node or edge: no XML, no GraphML, an edge
// without a node that is declared or without a good weight; `directed` for a
// graph of undirected edges; both kinds of edges in one graph.
absl::Status ReadGraphMl(const std::string& path, bool directed,
                         NumberedEdges* edges);

}  // namespace embed

#endif  // EMBED_GRAPH_GRAPHML_H_
