#include "apps/metapath_mode.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/graph_flags.h"
#include "apps/common/graph_input.h"
#include "apps/common/metapath_flags.h"
#include "apps/common/walk_flags.h"
#include "apps/visit_counts.h"
#include "embed/base/status_macros.h"
#include "graph/metapath.h"
#include "graph/metapath_source.h"
#include "graph/typed_edge_list.h"

namespace embed {
namespace {

struct TypedBacking : public SourceBacking {
  TypedGraph graph;
};

absl::StatusOr<GraphFlags> ReadTypedFlags(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(GraphFlags flags,
                         ReadGraphFlags(context.input, context.threads));
  if (flags.edges.format != GraphFormat::kTyped && IsFlagSet("format")) {
    return UsageError("mode metapath2vec needs the types of a --format hin");
  }
  flags.edges.format = GraphFormat::kTyped;
  flags.edges.observer = LoadProgressPrinter(context.progress);
  return flags;
}

// A text that is no metapath is wrong usage; a step without edges, wrong data.
absl::StatusOr<Metapath> ParseMetapathFlag(const std::string& text,
                                           const TypedGraph& graph) {
  auto metapath = Metapath::Parse(text, graph);
  if (metapath.ok()) return metapath;
  const absl::Status status(
      metapath.status().code(),
      absl::StrCat("--metapath: ", metapath.status().message()));
  return absl::IsInvalidArgument(status) ? AsUsageError(status) : status;
}

std::vector<uint32_t> EndsOfTypes(const TypedGraph& graph) {
  std::vector<uint32_t> ends;
  for (const TypedGraph::NodeType& type : graph.node_types()) {
    ends.push_back(type.end);
  }
  return ends;
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
  EMBED_ASSIGN_OR_RETURN(const GraphFlags graph_flags, ReadTypedFlags(context));
  EMBED_ASSIGN_OR_RETURN(
      const WalkFlags walk_flags,
      ReadWalkFlags(graph_flags.edges.weighted, context.training->seed,
                    context.threads));
  EMBED_ASSIGN_OR_RETURN(LoadedTypedGraph loaded,
                         LoadTypedGraph(graph_flags.edges));
  TrainingInput input;
  input.notes = TypedGraphNotes(loaded, graph_flags.edges);
  input.vocabulary = std::move(loaded.vocabulary);
  auto backing = std::make_unique<TypedBacking>();
  backing->graph = std::move(loaded.graph);
  const TypedGraph& graph = backing->graph;
  input.backing = std::move(backing);
  EMBED_ASSIGN_OR_RETURN(const Metapath metapath,
                         ParseMetapathFlag(flags.metapath, graph));
  EMBED_ASSIGN_OR_RETURN(
      input.source,
      CreateMetapathSource(graph, metapath, flags.keep_type, walk_flags.walks));
  if (context.walks_only) return input;
  EMBED_ASSIGN_OR_RETURN(
      std::vector<uint64_t> visits,
      CountIds(input.source.get(), input.vocabulary.size(), context.threads));
  AddVisitNotes(graph, visits, &input.notes);
  input.vocabulary.set_counts(std::move(visits));
  input.tokens_per_epoch = input.vocabulary.total_count();
  if (flags.negatives_by_type) input.negative_groups = EndsOfTypes(graph);
  return input;
}

}  // namespace embed
