#include "apps/graph_modes.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "apps/common/graph_flags.h"
#include "apps/common/graph_input.h"
#include "apps/common/walk_flags.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "graph/skip_source.h"
#include "graph/walk_source.h"

namespace embed {
namespace {

struct GraphBacking : public SourceBacking {
  Graph graph;
};

// How often each id occurs in the first epoch. Walks cost a small part of the
// training they feed, and degrees are no substitute where edges are directed or
// weighted.
absl::StatusOr<std::vector<uint64_t>> CountIds(SequenceSource* source,
                                               uint32_t num_ids, int threads) {
  std::vector<uint64_t> counts(num_ids);
  std::mutex mutex;
  absl::Status status;
  std::atomic<uint64_t> next_chunk{0};
  RunThreads(threads, [&](int /*thread*/) {
    std::vector<uint64_t> own(num_ids);
    SequenceBatch batch;
    absl::Status own_status;
    uint64_t chunk;
    while (own_status.ok() &&
           (chunk = next_chunk.fetch_add(1)) < source->num_chunks()) {
      own_status = source->Read(0, chunk, &batch);
      for (const uint32_t id : batch.ids) ++own[id];
    }
    const std::lock_guard<std::mutex> lock(mutex);
    status.Update(own_status);
    for (uint32_t id = 0; id < num_ids; ++id) counts[id] += own[id];
  });
  if (!status.ok()) return status;
  return counts;
}

}  // namespace

absl::StatusOr<TrainingInput> LoadWalks(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(GraphFlags flags,
                         ReadGraphFlags(context.input, context.threads));
  EMBED_ASSIGN_OR_RETURN(
      const WalkFlags walk_flags,
      ReadWalkFlags(flags.edges.weighted, context.training->seed,
                    context.threads));
  flags.edges.observer = LoadProgressPrinter(context.progress);
  EMBED_ASSIGN_OR_RETURN(GraphInput loaded, LoadGraphInput(flags.edges));
  TrainingInput result;
  result.notes = std::move(loaded.notes);
  result.vocabulary = std::move(loaded.vocabulary);
  auto backing = std::make_unique<GraphBacking>();
  backing->graph = std::move(loaded.graph);
  EMBED_ASSIGN_OR_RETURN(result.source,
                         WalkSource::Create(backing->graph, walk_flags.walks));
  result.backing = std::move(backing);
  if (context.walks_only) return result;
  if (walk_flags.skip > 1) {
    result.source =
        std::make_unique<SkipSource>(std::move(result.source), walk_flags.skip);
  }
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> visits,
      CountIds(result.source.get(), result.vocabulary.size(), context.threads));
  result.vocabulary.set_counts(std::move(visits));
  result.tokens_per_epoch = result.vocabulary.total_count();
  return result;
}

}  // namespace embed
