#include "apps/typed_walk_input.h"

#include <utility>

#include "apps/common/typed_input.h"
#include "apps/common/walk_flags.h"
#include "apps/graph_backing.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<TypedWalkInput> LoadTypedWalkInput(const std::string& mode,
                                                  const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(
      const GraphFlags graph_flags,
      ReadTypedGraphFlags(mode, context.input, context.threads,
                          context.progress));
  EMBED_ASSIGN_OR_RETURN(
      const WalkFlags walk_flags,
      ReadWalkFlags(graph_flags.edges.weighted, context.training->seed,
                    context.threads));
  EMBED_ASSIGN_OR_RETURN(TypedGraphInput loaded,
                         LoadTypedGraphInput(graph_flags.edges));
  TypedWalkInput result;
  result.graph = &KeepGraph(std::move(loaded), &result.input);
  result.walks = walk_flags.walks;
  return result;
}

}  // namespace embed
