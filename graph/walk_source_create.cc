// WalkSource::Create(): which policy the options ask for.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "embed/base/status_macros.h"
#include "graph/degree_penalty_step.h"
#include "graph/node2vec_step.h"
#include "graph/policy_walk_source.h"
#include "graph/proposals.h"
#include "graph/restart_step.h"
#include "graph/second_order_bias.h"
#include "graph/second_order_step.h"
#include "graph/symmetry.h"
#include "graph/walk_source.h"
#include "graph/walks.h"

namespace embed {
namespace {

using SourceOr = absl::StatusOr<std::unique_ptr<WalkSource>>;

template <class Step>
SourceOr InStep(const Graph& graph, const WalkOptions& options, Step step) {
  return std::make_unique<PolicyWalkSource<Step>>(graph, options,
                                                  std::move(step));
}

template <class Step>
SourceOr WithRetries(const Graph& graph, const WalkOptions& options,
                     Step step) {
  return std::make_unique<RetryWalkSource<Step>>(graph, options,
                                                 std::move(step));
}

template <class Step>
SourceOr FirstOrder(const Graph& graph, const WalkOptions& options, Step step) {
  if (options.restart > 0) {
    return InStep(graph, options,
                  RestartStep<Step>(std::move(step), options.restart));
  }
  return InStep(graph, options, std::move(step));
}

SourceOr Node2vec(const Graph& graph, const WalkOptions& options,
                  const Node2vecBias& bias) {
  const bool symmetric = IsSymmetric(graph);
  EMBED_ASSIGN_OR_RETURN(Adjacency adjacency,
                         Adjacency::Create(graph, symmetric, options.threads));
  return WithRetries(
      graph, options,
      Node2vecStep(graph, std::move(adjacency), bias, symmetric));
}

template <class Bias>
SourceOr SecondOrder(const Graph& graph, const WalkOptions& options,
                     Bias bias) {
  EMBED_ASSIGN_OR_RETURN(Adjacency adjacency,
                         Adjacency::Create(graph, false, options.threads));
  using Step = SecondOrderStep<WeightedProposal, Bias>;
  const bool looks_back = Step::ReturnExcess(bias) > 0;
  EMBED_ASSIGN_OR_RETURN(
      WeightedProposal proposal,
      WeightedProposal::Create(graph, looks_back, options.threads));
  return WithRetries(graph, options,
                     Step(graph, std::move(adjacency), std::move(proposal),
                          std::move(bias), false));
}

}  // namespace

SourceOr WalkSource::Create(const Graph& graph, const WalkOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (graph.num_nodes() == 0) {
    return absl::InvalidArgumentError("a graph without nodes has no walks");
  }
  if (options.weighted && !graph.weighted()) {
    return absl::InvalidArgumentError(
        "weighted walks need a graph with weights; load it as weighted");
  }
  if (options.degree_penalty > 0) {
    EMBED_ASSIGN_OR_RETURN(
        DegreePenaltyStep step,
        DegreePenaltyStep::Create(graph, options.degree_penalty,
                                  options.weighted, options.threads));
    return WithRetries(graph, options, std::move(step));
  }
  if (options.plus) {
    return SecondOrder(graph, options,
                       Node2vecPlusBias(graph, options.return_p,
                                        options.inout_q, options.plus_gamma));
  }
  if (options.second_order()) {
    const Node2vecBias bias(options.return_p, options.inout_q);
    return options.weighted ? SecondOrder(graph, options, bias)
                            : Node2vec(graph, options, bias);
  }
  if (!options.weighted) return FirstOrder(graph, options, UniformStep(graph));
  EMBED_ASSIGN_OR_RETURN(WeightedStep step,
                         WeightedStep::Create(graph, options.threads));
  return FirstOrder(graph, options, std::move(step));
}

}  // namespace embed
