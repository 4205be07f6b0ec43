// From a list of directed arcs with weights to rows, with hardly more memory
// than the list takes: 12 bytes an arc.
//
// Scattering the list a column at a time (graph/scatter.h) needs 16, for the
// first column is all there before the list can lose anything. Here the rows
// are filled in passes, a share of them in each, and what a pass has put in
// place leaves the list, which moves up and gives memory back.
#ifndef EMBED_GRAPH_ROW_PASSES_H_
#define EMBED_GRAPH_ROW_PASSES_H_

#include <cstdint>

#include "graph/arc_list.h"
#include "graph/graph_builder.h"

namespace embed {

// Rows of the arcs by their sources, within a row in the list's order;
// repetitions stay, sizes are not set. `arcs` has weights, and no source from
// num_nodes on. O(arcs + nodes), the same for any number of threads. Memory
// beside 12 bytes an arc: 8 a node, 1 an arc, a block of the list.
ArcRows GatherInPasses(ArcList arcs, uint32_t num_nodes, int threads);

}  // namespace embed

#endif  // EMBED_GRAPH_ROW_PASSES_H_
