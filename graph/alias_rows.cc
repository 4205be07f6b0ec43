#include "graph/alias_rows.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/math/alias_table.h"

namespace embed {
namespace {

// Makes the tables of rows, one after the other.
class RowBuilder {
 public:
  RowBuilder(const Graph& graph, const AliasRows::RowWeights& row_weights)
      : graph_(graph), row_weights_(row_weights) {}

  // The aliases of the entries are places in the row.
  absl::StatusOr<absl::Span<const AliasEntry>> Build(uint32_t node) {
    weights_.resize(graph_.Degree(node));
    entries_.resize(weights_.size());
    row_weights_(node, &weights_);
    EMBED_RETURN_IF_ERROR(
        BuildAliasEntries(weights_, absl::MakeSpan(entries_), &scratch_));
    return absl::MakeConstSpan(entries_);
  }

  // Sets the buckets of the row.
  absl::Status Fill(uint32_t node, const AliasLayout& layout,
                    uint64_t* buckets) {
    const absl::Span<const uint32_t> targets = graph_.Neighbors(node);
    if (targets.empty()) return absl::OkStatus();
    EMBED_ASSIGN_OR_RETURN(const absl::Span<const AliasEntry> entries,
                           Build(node));
    for (size_t i = 0; i < entries.size(); ++i) {
      const uint64_t threshold =
          uint64_t{entries[i].threshold} << 32 >> layout.threshold_shift
                                                      << layout.threshold_shift;
      const uint64_t alias = targets[entries[i].alias];
      buckets[i] =
          threshold |
          (layout.holds_own ? alias << layout.id_bits | targets[i] : alias);
    }
    return absl::OkStatus();
  }

 private:
  const Graph& graph_;
  const AliasRows::RowWeights& row_weights_;
  std::vector<double> weights_;
  std::vector<double> scratch_;
  std::vector<AliasEntry> entries_;
};

}  // namespace

AliasLayout AliasLayout::For(uint64_t num_nodes) {
  constexpr int kMostIdBits = 26;  // leave 12: one draw in 4096 costs a row
  int bits = 1;
  while (num_nodes > uint64_t{1} << bits) ++bits;
  if (bits > kMostIdBits) return {false, 32, 32};
  return {true, bits, std::max(32, 2 * bits)};
}

absl::StatusOr<AliasRows> AliasRows::Create(const Graph& graph,
                                            RowWeights row_weights, int threads,
                                            const AliasLayout& layout) {
  EMBED_ASSIGN_OR_RETURN(
      AlignedBuffer memory,
      AlignedBuffer::Create(graph.num_arcs() * sizeof(uint64_t)));
  uint64_t* const buckets = static_cast<uint64_t*>(memory.data());
  constexpr uint32_t kPiece = 1024;  // rows that a thread takes at a time
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  absl::Status status;
  RunThreads(threads, [&](int) {
    RowBuilder builder(graph, row_weights);
    for (uint64_t begin;
         (begin = next.fetch_add(kPiece)) < graph.num_nodes();) {
      const uint64_t end =
          std::min<uint64_t>(begin + kPiece, graph.num_nodes());
      for (uint64_t v = begin; v < end; ++v) {
        absl::Status row = builder.Fill(static_cast<uint32_t>(v), layout,
                                        buckets + graph.rows()[v]);
        if (row.ok()) continue;
        const std::lock_guard<std::mutex> lock(mutex);
        status.Update(row);
      }
    }
  });
  EMBED_RETURN_IF_ERROR(status);
  return AliasRows(graph, std::move(row_weights), layout, std::move(memory));
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

uint32_t AliasRows::TargetByRow(uint32_t node, uint64_t arc,
                                uint32_t word) const {
  RowBuilder builder(*graph_, row_weights_);
  const auto entries = builder.Build(node);
  EMBED_DCHECK(entries.ok());  // as when the tables were made
  const uint64_t place = arc - graph_->rows()[node];
  const AliasEntry& entry = (*entries)[place];
  return graph_->Neighbors(node)[word < entry.threshold ? place : entry.alias];
}

}  // namespace embed
