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
namespace {

// Of walks grouped by contexts: faster than text's 4 by a tenth, and as good
// within the spread between seeds. On BlogCatalog (20 walks of 40, window 10,
// 2 seeds) F1 is 37.6 / 21.4, with 4 passes 37.8 / 21.6 and by Hogwild 37.8 /
// 21.2; with 1 pass 36.8 / 20.9.
constexpr int kWalkGroupPasses = 2;
// A window of 10 has enough contexts in each of two parts for groups of
// centers.
constexpr PairGrouping kWalkGroupBy = PairGrouping::kCenter;

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
  EMBED_RETURN_IF_ERROR(
      CheckVisits(visits, walk_flags.skip > 1 ? "take a smaller --skip" : ""));
  result.vocabulary.set_counts(std::move(visits));
  result.tokens_per_epoch = result.vocabulary.total_count();
  result.group_by = kWalkGroupBy;
  result.group_passes = kWalkGroupPasses;
  return result;
}

}  // namespace embed
