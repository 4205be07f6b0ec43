// What readers of all formats make: arcs between keys numbered by first
// appearance.
#ifndef EMBED_GRAPH_NUMBERED_EDGES_H_
#define EMBED_GRAPH_NUMBERED_EDGES_H_

#include "graph/arc_list.h"
#include "graph/key_interner.h"
#include "graph/loaded_graph.h"

namespace embed {

struct NumberedEdges {
  explicit NumberedEdges(bool weighted) : arcs(weighted) {}

  KeyInterner keys{uint64_t{1} << 20};  // of all nodes
  ArcList arcs;
  GraphStats stats;  // what the reader knows of it
};

}  // namespace embed

#endif  // EMBED_GRAPH_NUMBERED_EDGES_H_
