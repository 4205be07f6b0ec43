// The sources of walks that step by a policy of graph/walks.h, or of
// graph/retry_loop.h.
#ifndef EMBED_GRAPH_POLICY_WALK_SOURCE_H_
#define EMBED_GRAPH_POLICY_WALK_SOURCE_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "embed/train/sequence_source.h"
#include "graph/graph.h"
#include "graph/retry_loop.h"
#include "graph/walk_loop.h"
#include "graph/walk_source.h"

namespace embed {

// Walks whose steps each take one draw: all walkers of a group in step.
template <class Step>
class PolicyWalkSource final : public WalkSource {
 public:
  PolicyWalkSource(const Graph& graph, const WalkOptions& options, Step step)
      : WalkSource(graph, options), graph_(graph), step_(std::move(step)) {}

 private:
  void FillBatch(const WalkTask& task, SequenceBatch* batch) const override {
    MakeWalks(step_, graph_, task, batch);
  }

  const Graph& graph_;
  Step step_;
};

// Walks by rejection.
template <class Step>
class RetryWalkSource final : public WalkSource {
 public:
  RetryWalkSource(const Graph& graph, const WalkOptions& options, Step step)
      : WalkSource(graph, options), graph_(graph), step_(std::move(step)) {}

 private:
  void FillBatch(const WalkTask& task, SequenceBatch* batch) const override {
    RetryLoop<Step>::Run(step_, graph_, task, batch);
  }

  const Graph& graph_;
  Step step_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_POLICY_WALK_SOURCE_H_
