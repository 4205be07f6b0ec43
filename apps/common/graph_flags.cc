#include "apps/common/graph_flags.h"

#include <gflags/gflags.h>

#include "embed/base/status_macros.h"

DEFINE_bool(directed, false, "edges lead from the first node to the second");
DEFINE_bool(weighted, false,
            "each edge has a weight > 0 as its third field, and walks follow "
            "it in proportion");
DEFINE_string(
    nodes, "",
    "file of nodes, one a line; those without edges get a vector too");
DEFINE_int32(walks_per_node, 0, "walks that start from each node in an epoch");
DEFINE_int32(walk_length, 0, "nodes in a walk, its start included");

namespace embed {

FlagGroup GraphFlagGroup() {
  return {"Graphs (deepwalk)",
          {"walks_per_node", "walk_length", "directed", "weighted", "nodes"}};
}

absl::StatusOr<GraphFlags> ReadGraphFlags(const std::string& input,
                                          uint64_t seed, int threads) {
  GraphFlags flags;
  flags.edges.path = input;
  flags.edges.node_list_path = FLAGS_nodes;
  flags.edges.directed = FLAGS_directed;
  flags.edges.weighted = FLAGS_weighted;
  flags.edges.threads = threads;
  flags.walks.walks_per_node = FLAGS_walks_per_node;
  flags.walks.walk_length = FLAGS_walk_length;
  flags.walks.weighted = FLAGS_weighted;
  flags.walks.seed = seed;
  flags.walks.threads = threads;
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.walks.Validate()));
  return flags;
}

}  // namespace embed
