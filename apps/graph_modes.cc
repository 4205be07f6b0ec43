#include "apps/graph_modes.h"

#include <memory>
#include <utility>
#include <vector>

#include "apps/common/graph_flags.h"
#include "apps/common/graph_input.h"
#include "apps/common/walk_flags.h"
#include "apps/graph_backing.h"
#include "apps/visit_counts.h"
#include "embed/base/status_macros.h"
#include "graph/skip_source.h"
#include "graph/walk_source.h"

namespace embed {
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
  const Graph& graph = KeepGraph(std::move(loaded), &result);
  EMBED_ASSIGN_OR_RETURN(result.source,
                         WalkSource::Create(graph, walk_flags.walks));
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
