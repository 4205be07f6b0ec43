#include "graph/typed_walk_source.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "embed/base/status_macros.h"
#include "graph/policy_walk_source.h"
#include "graph/typed_step.h"

namespace embed {

absl::StatusOr<std::unique_ptr<WalkSource>> CreateTypedWalkSource(
    const TypedGraph& graph, const WalkOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (options.second_order() || options.restart > 0 ||
      options.degree_penalty > 0) {
    return absl::InvalidArgumentError(
        "walks that tell the types of their steps are plain ones: without "
        "restart, degree penalty, p and q");
  }
  if (graph.graph().num_nodes() == 0) {
    return absl::InvalidArgumentError("a graph without nodes has no walks");
  }
  if (!options.weighted) {
    return std::make_unique<PolicyWalkSource<UniformTypedStep>>(
        graph.graph(), options, UniformTypedStep(graph));
  }
  EMBED_ASSIGN_OR_RETURN(WeightedTypedStep step,
                         WeightedTypedStep::Create(graph, options.threads));
  return std::make_unique<PolicyWalkSource<WeightedTypedStep>>(
      graph.graph(), options, std::move(step));
}

}  // namespace embed
