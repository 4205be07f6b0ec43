#include "graph/walks.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

absl::Status BuildRow(const Graph& graph, uint32_t node, AliasEntry* buckets,
                      std::vector<double>* weights,
                      std::vector<double>* scratch) {
  const absl::Span<const float> row = graph.Weights(node);
  if (row.empty()) return absl::OkStatus();
  const absl::Span<AliasEntry> entries(buckets + graph.rows()[node],
                                       row.size());
  weights->assign(row.begin(), row.end());
  EMBED_RETURN_IF_ERROR(BuildAliasEntries(*weights, entries, scratch));
  const absl::Span<const uint32_t> targets = graph.Neighbors(node);
  for (AliasEntry& entry : entries) entry.alias = targets[entry.alias];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WeightedStep> WeightedStep::Create(const Graph& graph,
                                                  int threads) {
  if (!graph.weighted()) {
    return absl::InvalidArgumentError(
        "weighted walks need a graph with weights; load it as weighted");
  }
  EMBED_ASSIGN_OR_RETURN(
      AlignedBuffer memory,
      AlignedBuffer::Create(graph.num_arcs() * sizeof(AliasEntry)));
  AliasEntry* const buckets = static_cast<AliasEntry*>(memory.data());
  constexpr uint32_t kPiece = 1024;  // rows that a thread takes at a time
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  absl::Status status;
  RunThreads(threads, [&](int) {
    std::vector<double> weights;
    std::vector<double> scratch;
    for (uint64_t begin;
         (begin = next.fetch_add(kPiece)) < graph.num_nodes();) {
      const uint64_t end =
          std::min<uint64_t>(begin + kPiece, graph.num_nodes());
      for (uint64_t v = begin; v < end; ++v) {
        absl::Status row = BuildRow(graph, static_cast<uint32_t>(v), buckets,
                                    &weights, &scratch);
        if (row.ok()) continue;
        const std::lock_guard<std::mutex> lock(mutex);
        status.Update(row);
      }
    }
  });
  EMBED_RETURN_IF_ERROR(status);
  return WeightedStep(graph, std::move(memory));
}

}  // namespace embed
