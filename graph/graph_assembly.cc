#include "graph/graph_assembly.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "graph/graph_builder.h"

namespace embed {
namespace {

// The arcs that leave each node and, if directed, those that enter it.
std::vector<uint64_t> TouchingArcs(const ArcRows& rows, bool directed) {
  std::vector<uint64_t> counts(rows.num_rows());
  for (uint32_t v = 0; v < rows.num_rows(); ++v) {
    counts[v] += rows.size(v);
    if (!directed) continue;
    const uint64_t end = rows.starts[v] + rows.size(v);
    for (uint64_t arc = rows.starts[v]; arc < end; ++arc) {
      ++counts[rows.targets[arc]];
    }
  }
  return counts;
}

absl::StatusOr<Vocabulary> MakeVocabulary(const KeyInterner& keys,
                                          absl::Span<const uint32_t> order,
                                          absl::Span<const uint64_t> counts) {
  std::string text;
  text.reserve(keys.text_bytes());
  std::vector<uint64_t> offsets = {0};
  offsets.reserve(order.size() + 1);
  std::vector<uint64_t> ordered_counts;
  ordered_counts.reserve(order.size());
  for (const uint32_t node : order) {
    const absl::string_view key = keys.key(node);
    text.append(key.data(), key.size());
    offsets.push_back(text.size());
    ordered_counts.push_back(counts[node]);
  }
  return Vocabulary::Create(std::move(text), std::move(offsets),
                            std::move(ordered_counts));
}

// Refuses what has no pair of nodes to learn from.
absl::Status CheckContent(const KeyInterner& keys, uint64_t edges,
                          const std::string& name) {
  if (edges == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": no edge, ", keys.size(), " nodes: nothing to learn from"));
  }
  if (keys.size() == 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": the only node is ", Quoted(keys.key(0)),
                     ", with a self-loop: nothing to learn from"));
  }
  return absl::OkStatus();
}

void CountEdges(const Graph& graph, bool directed, uint64_t given,
                GraphStats* stats) {
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    const absl::Span<const uint32_t> row = graph.Neighbors(v);
    if (std::binary_search(row.begin(), row.end(), v)) ++stats->self_loops;
  }
  stats->edges =
      directed ? graph.num_arcs() : (graph.num_arcs() + stats->self_loops) / 2;
  stats->duplicates = given - stats->edges;
}

std::string LoneEdge(Arc edge, const KeyInterner& keys,
                     absl::Span<const uint64_t> counts) {
  if (edge.source == edge.target || counts[edge.source] != 1 ||
      counts[edge.target] != 1) {
    return "";
  }
  return absl::StrCat(keys.key(edge.source), " ", keys.key(edge.target));
}

}  // namespace

std::vector<uint32_t> FallingOrder(absl::Span<const uint64_t> counts) {
  const uint64_t largest =
      counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  // Where the nodes of count c begin: after those of every larger one.
  std::vector<uint32_t> places(largest + 2);
  for (const uint64_t count : counts) ++places[largest - count + 1];
  for (uint64_t i = 1; i < places.size(); ++i) places[i] += places[i - 1];
  std::vector<uint32_t> order(counts.size());
  for (uint32_t v = 0; v < counts.size(); ++v) {
    order[places[largest - counts[v]]++] = v;
  }
  return order;
}

absl::StatusOr<LoadedGraph> AssembleGraph(NumberedEdges edges, bool directed,
                                          int threads,
                                          const std::string& name) {
  const auto begin = std::chrono::steady_clock::now();
  const uint64_t given = edges.arcs.size();
  EMBED_RETURN_IF_ERROR(CheckContent(edges.keys, given, name));
  edges.keys.EndLookup();
  const Arc first = {edges.arcs.sources(0).front(),
                     edges.arcs.targets(0).front()};
  const GraphBuildOptions options = {edges.keys.size(), directed, threads};
  EMBED_ASSIGN_OR_RETURN(
      ArcRows rows,
      WithPrefix(name, GatherRows(std::move(edges.arcs), options)));
  LoadedGraph loaded;
  loaded.stats = edges.stats;
  const std::vector<uint64_t> counts = TouchingArcs(rows, directed);
  const std::vector<uint32_t> order = FallingOrder(counts);
  loaded.stats.lone_first_edge = LoneEdge(first, edges.keys, counts);
  loaded.graph = ArrangeRows(std::move(rows), order, options);
  EMBED_ASSIGN_OR_RETURN(loaded.vocabulary,
                         MakeVocabulary(edges.keys, order, counts));
  CountEdges(loaded.graph, directed, given, &loaded.stats);
  loaded.stats.isolated =
      static_cast<uint64_t>(std::count(counts.begin(), counts.end(), 0));
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - begin;
  loaded.stats.build_seconds = elapsed.count();
  return loaded;
}

}  // namespace embed
