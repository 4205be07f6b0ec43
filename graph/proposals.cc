#include "graph/proposals.h"

#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<WeightedProposal> WeightedProposal::Create(const Graph& graph,
                                                          bool with_slots,
                                                          int threads) {
  EMBED_ASSIGN_OR_RETURN(AliasRows buckets,
                         AliasRows::OfWeights(graph, threads));
  WeightedProposal proposal(graph, std::move(buckets));
  if (!with_slots) return proposal;
  proposal.slots_per_weight_.resize(graph.num_nodes());
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    double sum = 0;
    for (const float weight : graph.Weights(v)) sum += weight;
    if (sum > 0) {
      proposal.slots_per_weight_[v] = graph.Degree(v) / sum;
    }
  }
  return proposal;
}

}  // namespace embed
