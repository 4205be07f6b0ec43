#include "graph/edge_list.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "graph/edge_list_parser.h"
#include "graph/graph_builder.h"

namespace embed {
namespace {

// The arcs that leave each node and, if directed, those that enter it.
std::vector<uint64_t> TouchingArcs(const Graph& graph, bool directed) {
  std::vector<uint64_t> counts(graph.num_nodes());
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    counts[v] += graph.Degree(v);
    if (!directed) continue;
    for (uint32_t target : graph.Neighbors(v)) ++counts[target];
  }
  return counts;
}

// Nodes by falling count, equal ones by rising number.
std::vector<uint32_t> FallingOrder(const std::vector<uint64_t>& counts) {
  std::vector<uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return counts[a] > counts[b];
  });
  return order;
}

absl::StatusOr<Vocabulary> MakeVocabulary(const KeyInterner& keys,
                                          const std::vector<uint32_t>& order,
                                          const std::vector<uint64_t>& counts) {
  std::string text;
  text.reserve(keys.text_bytes());
  std::vector<uint64_t> offsets = {0};
  offsets.reserve(order.size() + 1);
  std::vector<uint64_t> ordered_counts;
  ordered_counts.reserve(order.size());
  for (uint32_t node : order) {
    const absl::string_view key = keys.key(node);
    text.append(key.data(), key.size());
    offsets.push_back(text.size());
    ordered_counts.push_back(counts[node]);
  }
  return Vocabulary::Create(std::move(text), std::move(offsets),
                            std::move(ordered_counts));
}

// Refuses what has no pair of nodes to learn from.
absl::Status CheckContent(const EdgeListParser& parser, uint64_t edges,
                          const std::string& name) {
  if (edges == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": no edge in ", parser.edge_lines(),
                     " lines: nothing to learn from"));
  }
  if (parser.keys().size() == 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": the only node is '", parser.keys().key(0),
                     "', with a self-loop: nothing to learn from"));
  }
  return absl::OkStatus();
}

void CountEdges(const Graph& graph, bool directed, uint64_t edge_lines,
                EdgeListStats* stats) {
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    const absl::Span<const uint32_t> row = graph.Neighbors(v);
    if (std::binary_search(row.begin(), row.end(), v)) ++stats->self_loops;
  }
  stats->edges =
      directed ? graph.num_arcs() : (graph.num_arcs() + stats->self_loops) / 2;
  stats->duplicates = edge_lines - stats->edges;
}

}  // namespace

absl::StatusOr<LoadedGraph> LoadEdgeList(const EdgeListOptions& options) {
  const std::string name = InputName(options.path);
  EdgeListParser parser(options.weighted);
  EMBED_RETURN_IF_ERROR(parser.ReadEdges(options.path));
  if (!options.node_list_path.empty()) {
    EMBED_RETURN_IF_ERROR(parser.ReadNodes(options.node_list_path));
  }
  const uint64_t edges = parser.arcs().size();
  EMBED_RETURN_IF_ERROR(CheckContent(parser, edges, name));

  auto built =
      BuildGraph(std::move(parser.arcs()),
                 {parser.keys().size(), options.directed, options.threads});
  if (!built.ok()) {
    return absl::Status(built.status().code(),
                        absl::StrCat(name, ": ", built.status().message()));
  }
  LoadedGraph loaded;
  const std::vector<uint64_t> counts = TouchingArcs(*built, options.directed);
  const std::vector<uint32_t> order = FallingOrder(counts);
  loaded.graph = RenumberGraph(*built, order, options.threads);
  *built = Graph();  // frees its memory before the vocabulary's is taken
  EMBED_ASSIGN_OR_RETURN(loaded.vocabulary,
                         MakeVocabulary(parser.keys(), order, counts));
  EdgeListStats& stats = loaded.stats;
  stats.lines = parser.edge_lines();
  stats.bytes = parser.bytes();
  stats.ignored_weights = parser.ignored_weights();
  stats.isolated =
      static_cast<uint64_t>(std::count(counts.begin(), counts.end(), 0));
  CountEdges(loaded.graph, options.directed, edges, &stats);
  return loaded;
}

}  // namespace embed
