// Random walks over a typed graph that tell the types of their steps, for
// methods that learn relations (HIN2Vec: Fu, Lee, Lei, CIKM 2017): each step
// takes any arc of the node, whatever its type, alike or by weight.
//
// A walk over the nodes v0, v1, ... by edges of types t0, t1, ... is the
// sequence v0, num_nodes + t0, v1, num_nodes + t1, v2, ... of an odd length, as
// embed/train/relation_walk.h reads it. Walks start, end and are named as those
// of graph/walk_source.h; walk_length counts nodes.
#ifndef EMBED_GRAPH_TYPED_WALK_SOURCE_H_
#define EMBED_GRAPH_TYPED_WALK_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "graph/typed_graph.h"
#include "graph/walk_options.h"
#include "graph/walk_source.h"

namespace embed {

// Ids are below num_nodes + the number of edge types. `graph` must outlive the
// source. InvalidArgument: options, steps that depend on more than the node
// (restart, degree penalty, p and q), an empty graph, weighted walks over a
// graph without weights. ResourceExhausted: no memory for tables.
absl::StatusOr<std::unique_ptr<WalkSource>> CreateTypedWalkSource(
    const TypedGraph& graph, const WalkOptions& options);

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_WALK_SOURCE_H_
