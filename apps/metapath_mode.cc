#include "apps/metapath_mode.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/metapath_flags.h"
#include "apps/common/typed_input.h"
#include "apps/typed_walk_input.h"
#include "apps/visit_counts.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "graph/metapath.h"
#include "graph/metapath_source.h"

namespace embed {
namespace {

// A text that is no metapath is wrong usage; a step without edges, wrong data.
absl::StatusOr<Metapath> ParseMetapathFlag(const std::string& text,
                                           const TypedGraph& graph) {
  auto metapath = WithPrefix("--metapath", Metapath::Parse(text, graph));
  if (absl::IsInvalidArgument(metapath.status())) {
    return AsUsageError(metapath.status());
  }
  return metapath;
}

void AddVisitNotes(const TypedGraph& graph, absl::Span<const uint64_t> visits,
                   std::vector<std::string>* notes) {
  for (const TypedGraph::NodeType& type : graph.node_types()) {
    const auto missed =
        std::count(visits.begin() + type.begin, visits.begin() + type.end, 0);
    if (missed == 0) continue;
    notes->push_back(absl::StrCat(
        missed, " of ", type.end - type.begin, " ", type.name,
        " nodes are on no walk: their vectors stay untrained (count 0)"));
  }
}

}  // namespace

absl::StatusOr<TrainingInput> LoadMetapathWalks(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(const MetapathFlags flags,
                         ReadMetapathFlags(*context.training));
  EMBED_ASSIGN_OR_RETURN(TypedWalkInput loaded,
                         LoadTypedWalkInput("metapath2vec", context));
  TrainingInput input = std::move(loaded.input);
  const TypedGraph& graph = *loaded.graph;
  EMBED_ASSIGN_OR_RETURN(const Metapath metapath,
                         ParseMetapathFlag(flags.metapath, graph));
  EMBED_ASSIGN_OR_RETURN(
      input.source,
      CreateMetapathSource(graph, metapath, flags.keep_type, loaded.walks));
  if (context.walks_only) return input;
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> visits,
      CountIds(input.source.get(), input.vocabulary.size(), context.threads));
  EMBED_RETURN_IF_ERROR(CheckVisits(
      visits, flags.keep_type ? "take another --metapath, or no --keep_type"
                              : "take another --metapath"));
  AddVisitNotes(graph, visits, &input.notes);
  input.vocabulary.set_counts(std::move(visits));
  input.tokens_per_epoch = input.vocabulary.total_count();
  if (flags.negatives_by_type) input.negative_groups = NodeTypeEnds(graph);
  return input;
}

}  // namespace embed
