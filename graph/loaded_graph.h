// What loading a graph gives, whatever it came from.
//
// Ids: nodes by falling degree, so that rows used most lie together; equal ones
// by first appearance in the input, those without edges last.
#ifndef EMBED_GRAPH_LOADED_GRAPH_H_
#define EMBED_GRAPH_LOADED_GRAPH_H_

#include <cstdint>
#include <functional>
#include <string>

#include "embed/model/vocabulary.h"
#include "graph/graph.h"

namespace embed {

struct GraphStats {
  uint64_t lines = 0;       // of a text with one edge or node a line
  uint64_t bytes = 0;       // read, after decompression, the node list included
  uint64_t edges = 0;       // different ones (arcs if directed)
  uint64_t duplicates = 0;  // those that repeat an edge
  uint64_t self_loops = 0;  // different ones
  uint64_t isolated = 0;    // nodes without any edge
  // Edges with a weight that was not asked for.
  uint64_t ignored_weights = 0;
  // Of them, those of an edge list whose weight is no number.
  uint64_t ignored_texts = 0;
  // Lines of an edge list with more fields than it has.
  uint64_t long_lines = 0;
  // The ends of the input's first edge, with a blank between, if no other edge
  // touches them: in an edge list perhaps the heading of a table.
  std::string lone_first_edge;
  // Directed edges that were read as undirected, where the file says so.
  uint64_t ignored_directions = 0;
  double parse_seconds = 0;  // from opening the input to its last edge
  double build_seconds = 0;  // of making the graph and vocabulary from them
};

struct LoadedGraph {
  Graph graph;
  // Keys of the nodes. Counts are degrees: the arcs that leave a node and, if
  // directed, those that enter it too. 0 tells an isolated node.
  Vocabulary vocabulary;
  GraphStats stats;
};

// How far a long load has come.
struct LoadProgress {
  uint64_t bytes = 0;  // parsed so far, after decompression
  uint64_t edges = 0;
  double seconds = 0;
};

// Called about once a second while an input is parsed, on the thread that
// loads.
using LoadObserver = std::function<void(const LoadProgress&)>;

}  // namespace embed

#endif  // EMBED_GRAPH_LOADED_GRAPH_H_
