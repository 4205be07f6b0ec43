#include "apps/graph_modes.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/graph_flags.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

struct GraphBacking : public SourceBacking {
  Graph graph;
};

std::vector<std::string> GraphNotes(const LoadedGraph& loaded,
                                    const EdgeListOptions& options) {
  const EdgeListStats& stats = loaded.stats;
  std::vector<std::string> notes = {absl::StrCat(
      loaded.graph.num_nodes(), " nodes, ", stats.edges,
      options.directed ? " directed" : " undirected",
      options.weighted ? " weighted" : "", " edges, of them ", stats.self_loops,
      " self-loops; ", stats.isolated, " nodes without edges")};
  if (stats.duplicates > 0) {
    notes.push_back(absl::StrCat(stats.duplicates,
                                 " lines repeat an edge and were joined to it",
                                 options.weighted ? ", weights added" : ""));
  }
  if (stats.ignored_weights > 0) {
    notes.push_back(absl::StrCat("warning: ", stats.ignored_weights,
                                 " lines have a third field, which is not read "
                                 "without --weighted"));
  }
  return notes;
}

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
  EMBED_ASSIGN_OR_RETURN(
      const GraphFlags flags,
      ReadGraphFlags(context.input, context.seed, context.threads));
  EMBED_ASSIGN_OR_RETURN(LoadedGraph loaded, LoadEdgeList(flags.edges));
  TrainingInput result;
  result.notes = GraphNotes(loaded, flags.edges);
  result.vocabulary = std::move(loaded.vocabulary);
  auto backing = std::make_unique<GraphBacking>();
  backing->graph = std::move(loaded.graph);
  EMBED_ASSIGN_OR_RETURN(result.source,
                         WalkSource::Create(backing->graph, flags.walks));
  result.backing = std::move(backing);
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> visits,
      CountIds(result.source.get(), result.vocabulary.size(), context.threads));
  result.vocabulary.set_counts(std::move(visits));
  result.tokens_per_epoch = result.vocabulary.total_count();
  return result;
}

}  // namespace embed
