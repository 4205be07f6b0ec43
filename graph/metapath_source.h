// Metapath walks as training sequences: metapath2vec (Dong, Chawla, Swami, KDD
// 2017) and HERec (Shi, Hu, Zhao, Yu, TKDE 2018).
//
// Walks are as those of graph/walk_source.h, but each pass starts one from
// every node of the metapath's first type, and a step leads to a neighbor of
// the type that comes next (graph/metapath_step.h). Where there is none the
// walk ends, and is supplied all the same.
#ifndef EMBED_GRAPH_METAPATH_SOURCE_H_
#define EMBED_GRAPH_METAPATH_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "graph/metapath.h"
#include "graph/typed_graph.h"
#include "graph/walk_options.h"
#include "graph/walk_source.h"

namespace embed {

// keep_type, as HERec: the sequence holds only those vertices of the walk that
// have the type of its start; walk_length still counts all that it visits.
// `graph` must outlive the source. InvalidArgument: options, steps by other
// than the node (restart, degree penalty, p and q), weighted walks over a graph
// without weights. ResourceExhausted: no memory for tables.
absl::StatusOr<std::unique_ptr<WalkSource>> CreateMetapathSource(
    const TypedGraph& graph, const Metapath& metapath, bool keep_type,
    const WalkOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_METAPATH_SOURCE_H_
