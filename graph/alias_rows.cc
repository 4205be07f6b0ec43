#include "graph/alias_rows.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "absl/status/status.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/math/alias_table.h"

namespace embed {
namespace {

absl::Status BuildRow(const Graph& graph, uint32_t node,
                      const AliasRows::RowWeights& row_weights,
                      AliasEntry* buckets, std::vector<double>* weights,
                      std::vector<double>* scratch) {
  const absl::Span<const uint32_t> targets = graph.Neighbors(node);
  if (targets.empty()) return absl::OkStatus();
  weights->resize(targets.size());
  row_weights(node, weights);
  const absl::Span<AliasEntry> entries(buckets + graph.rows()[node],
                                       targets.size());
  EMBED_RETURN_IF_ERROR(BuildAliasEntries(*weights, entries, scratch));
  for (AliasEntry& entry : entries) entry.alias = targets[entry.alias];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AliasRows> AliasRows::Create(const Graph& graph,
                                            const RowWeights& row_weights,
                                            int threads) {
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
        absl::Status row = BuildRow(graph, static_cast<uint32_t>(v),
                                    row_weights, buckets, &weights, &scratch);
        if (row.ok()) continue;
        const std::lock_guard<std::mutex> lock(mutex);
        status.Update(row);
      }
    }
  });
  EMBED_RETURN_IF_ERROR(status);
  return AliasRows(std::move(memory));
}

absl::StatusOr<AliasRows> AliasRows::OfWeights(const Graph& graph,
                                               int threads) {
  if (!graph.weighted()) {
    return absl::InvalidArgumentError(
        "weighted walks need a graph with weights; load it as weighted");
  }
  return Create(
      graph,
      [&graph](uint32_t node, std::vector<double>* weights) {
        const absl::Span<const float> row = graph.Weights(node);
        std::copy(row.begin(), row.end(), weights->begin());
      },
      threads);
}

}  // namespace embed
