#include "apps/common/graph_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

DEFINE_string(
    format, "auto",
    "of the graph: edgelist (two nodes a line, and perhaps a weight), adjlist "
    "(a node and its neighbors), graphml, hin (node, type, edge type, node, "
    "type, and perhaps a weight, tabs between them); auto: by the extension "
    ".graphml or .adjlist, else edgelist");
DEFINE_bool(directed, false, "edges lead from the first node to the second");
DEFINE_bool(weighted, false,
            "each edge has a weight > 0 (its third field, the sixth in hin; in "
            "GraphML the data named weight), and walks and draws follow it in "
            "proportion");
DEFINE_string(
    nodes, "",
    "file of nodes, one a line; those without edges get a vector too");

namespace embed {

FlagGroup GraphFlagGroup() {
  return {"Graphs", {"format", "directed", "weighted", "nodes"}};
}

absl::StatusOr<GraphFlags> ReadGraphFlags(const std::string& input,
                                          int threads) {
  GraphFlags flags;
  auto format = GraphFormatFromName(FLAGS_format, input);
  if (!format.ok()) {
    return UsageError(absl::StrCat("--format: ", format.status().message()));
  }
  flags.edges.format = *format;
  flags.edges.path = input;
  flags.edges.node_list_path = FLAGS_nodes;
  flags.edges.directed = FLAGS_directed;
  flags.edges.weighted = FLAGS_weighted;
  flags.edges.threads = threads;
  return flags;
}

}  // namespace embed
