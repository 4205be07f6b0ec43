// Loads a graph from a file, plain, .gz or .zst, or standard input as "-".
//
// Edge list: one edge a line,
//
//     SOURCE TARGET [WEIGHT]
//
// with blanks or tabs between the fields; fields after the third are counted
// only. Adjacency list: a node and its neighbours,
//
//     NODE NEIGHBOR NEIGHBOR ...
//
// each pair an edge; a line with one node keeps a node without edges. In both a
// node is any UTF-8 key of up to 65,536 bytes without blanks and control
// characters; numbers are keys like others. Empty lines and lines that start
// with '#' or '%' are left out, "\r\n" and a byte order mark are accepted.
// GraphML: see graph/graphml.h.
//
// Self-loops are kept. Edges given several times become one: weights, where
// asked for, are summed. In an undirected graph b-a repeats a-b.
#ifndef EMBED_GRAPH_GRAPH_FILE_H_
#define EMBED_GRAPH_GRAPH_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "graph/loaded_graph.h"

namespace embed {

enum class GraphFormat { kEdgeList, kAdjacencyList, kGraphMl, kTyped };

// The format called `name`: edgelist, adjlist, graphml or hin; "auto" is told
// by the path's extension (before .gz or .zst): .graphml, .adjlist, anything
// else an edge list. InvalidArgument: any other name.
absl::StatusOr<GraphFormat> GraphFormatFromName(absl::string_view name,
                                                absl::string_view path);

struct GraphFileOptions {
  std::string path;
  // A file with one key a line, same rules; "" for none. Those that no edge
  // names become isolated nodes.
  std::string node_list_path;
  GraphFormat format = GraphFormat::kEdgeList;
  bool directed = false;
  bool weighted = false;  // every edge has a weight > 0; not in adjacency lists
  int threads = 1;        // the result is the same for any
  LoadObserver observer;  // may be empty
};

// Time: O(arcs + nodes), no sorting by comparison; parsing on all threads.
// Peak memory beside some MiB of blocks, the keys and 40 bytes a node: that of
// graph/graph_builder.h (GraphML: the file's text and Boost's tree of it, too).
// InvalidArgument, as "path:line: ...": a line that is no edge, a weight that
// is not a positive finite number, a key that is not UTF-8 text; without a
// line: no edge at all, or nothing but one node; a typed format, which is
// LoadTypedGraph()'s. Errors of files as InputStream's.
absl::StatusOr<LoadedGraph> LoadGraph(const GraphFileOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_GRAPH_FILE_H_
