// Loads a typed graph from a typed edge list: text with one edge a line,
//
//     SOURCE \t SOURCE TYPE \t EDGE TYPE \t TARGET \t TARGET TYPE [\t WEIGHT]
//
// with one tab between the fields, which may hold blanks. The same name with
// two types is two nodes. Empty lines and lines that start with '#' or '%' are
// left out, "\r\n" and a byte order mark are accepted. Plain, .gz or .zst, or
// standard input as "-".
//
// Each edge leads both ways: an edge type T has an inverse, "T^-1", unless the
// input lists every edge of T in both directions (and with the same weight, if
// weighted), as of friends: then T is its own inverse. Edges of one type that
// are given several times become one, weights summed. Self-loops are kept.
//
// Nodes are numbered type by type, in the order in which types appear, within a
// type by falling number of arcs and then by first appearance. A node's key is
// its name where no two nodes have the same, else every key is "type:name".
#ifndef EMBED_GRAPH_TYPED_EDGE_LIST_H_
#define EMBED_GRAPH_TYPED_EDGE_LIST_H_

#include "absl/status/statusor.h"
#include "embed/model/vocabulary.h"
#include "graph/graph_file.h"
#include "graph/loaded_graph.h"
#include "graph/typed_graph.h"

namespace embed {

struct LoadedTypedGraph {
  TypedGraph graph;
  // With the types of nodes. Counts are the arcs that leave a node and, if
  // directed, those that enter.
  Vocabulary vocabulary;
  // An edge listed both ways, in a type that is its own inverse, counts once.
  GraphStats stats;
  bool keys_have_types = false;  // keys are "type:name"
};

// options: format is not looked at; directed: no inverses; a node list has
// "NODE \t TYPE" a line. The result is the same for any number of threads.
// InvalidArgument, as "path:line: ...": a line without five or six fields, an
// empty or overlong one, one that is not UTF-8 text, a weight that is not a
// positive finite number; more types than TypedGraph has numbers for; without a
// line: no edge at all, a sum of weights that is not finite, an edge type
// called as the inverse of another one. Errors of files as InputStream's.
absl::StatusOr<LoadedTypedGraph> LoadTypedGraph(
    const GraphFileOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_EDGE_LIST_H_
