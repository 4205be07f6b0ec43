// Loads a graph from an edge list: text with one edge a line,
//
//     SOURCE TARGET [WEIGHT]
//
// with blanks or tabs between the fields. A node is any UTF-8 key of up to
// 65,536 bytes without blanks and control characters; numbers are keys like
// others. Empty lines and lines that start with '#' or '%' are left out, "\r\n"
// and a byte order mark are accepted, fields after the third ignored. Plain,
// .gz or .zst, or standard input as "-".
//
// Self-loops are kept. Edges given several times become one: weights, where
// asked for, are summed. In an undirected graph b-a repeats a-b.
//
// Ids: nodes by falling degree, so that rows used most lie together; equal ones
// by first appearance, those only in the node list last.
#ifndef EMBED_GRAPH_EDGE_LIST_H_
#define EMBED_GRAPH_EDGE_LIST_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "embed/model/vocabulary.h"
#include "graph/graph.h"

namespace embed {

struct EdgeListOptions {
  std::string path;
  // A file with one key a line, same rules; "" for none. Those that no edge
  // names become isolated nodes.
  std::string node_list_path;
  bool directed = false;
  bool weighted = false;  // every line has a third field, the weight, > 0
  int threads = 1;        // of sorting; the result is the same for any
};

struct EdgeListStats {
  uint64_t lines = 0;       // of the edge list
  uint64_t bytes = 0;       // read, after decompression
  uint64_t edges = 0;       // different ones (arcs if directed)
  uint64_t duplicates = 0;  // lines that repeat an edge
  uint64_t self_loops = 0;  // different ones
  uint64_t isolated = 0;    // nodes without any edge
  // Lines with a third field that was not read as weight.
  uint64_t ignored_weights = 0;
};

struct LoadedGraph {
  Graph graph;
  // Keys of the nodes. Counts are degrees: the arcs that leave a node and, if
  // directed, those that enter it too. 0 tells an isolated node.
  Vocabulary vocabulary;
  EdgeListStats stats;
};

// Time: one hash lookup a key and O(arcs * log(largest degree)). Peak memory
// beside the keys: 8 bytes an edge line (12 weighted) and 4 (8) an arc, or 8
// (16) an arc, whichever is larger.
// InvalidArgument, as "path:line: ...": a line that is no edge, a weight that
// is not a positive finite number, a key that is not UTF-8 text; without a
// line: no edge at all, or nothing but one node. Errors of files as
// InputStream's.
absl::StatusOr<LoadedGraph> LoadEdgeList(const EdgeListOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_EDGE_LIST_H_
