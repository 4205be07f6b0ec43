#include "graph/typed_step.h"

#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/math/alias_table.h"

namespace embed {

absl::StatusOr<WeightedTypedStep> WeightedTypedStep::Create(
    const TypedGraph& typed_graph, int threads) {
  const Graph& graph = typed_graph.graph();
  if (!graph.weighted()) {
    return absl::InvalidArgumentError(
        "weighted walks need a graph with weights; load it as weighted");
  }
  EMBED_ASSIGN_OR_RETURN(
      AlignedBuffer memory,
      AlignedBuffer::Create(graph.num_arcs() * sizeof(AliasEntry)));
  AliasEntry* const entries = static_cast<AliasEntry*>(memory.data());
  std::mutex mutex;
  absl::Status status;
  ParallelFor(threads, graph.num_nodes(), [&](uint64_t begin, uint64_t end) {
    std::vector<double> weights;
    std::vector<double> scratch;
    for (uint64_t v = begin; v < end; ++v) {
      const absl::Span<const float> row =
          graph.Weights(static_cast<uint32_t>(v));
      if (row.empty()) continue;
      weights.assign(row.begin(), row.end());
      const absl::Status built = BuildAliasEntries(
          weights, absl::MakeSpan(entries + graph.rows()[v], row.size()),
          &scratch);
      if (built.ok()) continue;
      const std::lock_guard<std::mutex> lock(mutex);
      status.Update(built);
    }
  });
  EMBED_RETURN_IF_ERROR(status);
  return WeightedTypedStep(typed_graph, std::move(memory));
}

}  // namespace embed
