#include "graph/metapath_step.h"

#include <mutex>
#include <set>

#include "absl/status/status.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/math/alias_table.h"

namespace embed {
namespace {

// Fills the buckets of the arcs from nodes of one type to nodes of another.
absl::Status BuildBuckets(const TypedGraph& typed_graph, uint16_t source,
                          uint16_t target, int threads, AliasEntry* buckets) {
  const Graph& graph = typed_graph.graph();
  const TypedGraph::ArcsBetween arcs = typed_graph.Between(source, target);
  const TypedGraph::NodeType& nodes = typed_graph.node_types()[source];
  std::mutex mutex;
  absl::Status status;
  ParallelFor(
      threads, nodes.end - nodes.begin, [&](uint64_t begin, uint64_t end) {
        std::vector<double> weights;
        std::vector<double> scratch;
        for (uint64_t i = begin; i < end; ++i) {
          const ArcRange range =
              arcs.Of(nodes.begin + static_cast<uint32_t>(i));
          if (range.begin == range.end) continue;
          weights.assign(graph.weights() + range.begin,
                         graph.weights() + range.end);
          const absl::Span<AliasEntry> run(buckets + range.begin,
                                           weights.size());
          const absl::Status built = BuildAliasEntries(weights, run, &scratch);
          for (AliasEntry& entry : run) {
            entry.alias = graph.targets()[range.begin + entry.alias];
          }
          if (built.ok()) continue;
          const std::lock_guard<std::mutex> lock(mutex);
          status.Update(built);
        }
      });
  return status;
}

}  // namespace

MetapathArcs::MetapathArcs(const TypedGraph& graph, const Metapath& metapath) {
  const absl::Span<const uint16_t> types = metapath.types();
  for (size_t i = 0; i < types.size(); ++i) {
    steps_.push_back(graph.Between(types[i], types[(i + 1) % types.size()]));
  }
}

absl::StatusOr<WeightedMetapathStep> WeightedMetapathStep::Create(
    const TypedGraph& graph, const Metapath& metapath, int threads) {
  if (!graph.graph().weighted()) {
    return absl::InvalidArgumentError(
        "weighted walks need a graph with weights; load it as weighted");
  }
  EMBED_ASSIGN_OR_RETURN(
      AlignedBuffer buckets,
      AlignedBuffer::Create(graph.graph().num_arcs() * sizeof(AliasEntry)));
  const absl::Span<const uint16_t> types = metapath.types();
  std::set<std::pair<uint16_t, uint16_t>> steps;
  for (size_t i = 0; i < types.size(); ++i) {
    steps.insert({types[i], types[(i + 1) % types.size()]});
  }
  for (const auto& [source, target] : steps) {
    EMBED_RETURN_IF_ERROR(
        BuildBuckets(graph, source, target, threads,
                     static_cast<AliasEntry*>(buckets.data())));
  }
  return WeightedMetapathStep(MetapathArcs(graph, metapath), graph,
                              std::move(buckets));
}

}  // namespace embed
