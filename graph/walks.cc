#include "graph/walks.h"

#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<WeightedStep> WeightedStep::Create(const Graph& graph,
                                                  int threads) {
  EMBED_ASSIGN_OR_RETURN(AliasRows buckets,
                         AliasRows::OfWeights(graph, threads));
  return WeightedStep(graph, std::move(buckets));
}

}  // namespace embed
