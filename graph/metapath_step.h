// Steps along a metapath: policies (graph/walks.h) over a typed graph. A walker
// that has visited k vertices steps to a neighbor of the metapath's type for
// vertex k; where there is none, its walk ends. Two nodes are neighbors once
// for each type of edge between them.
//
// All walkers of a group have visited equally many vertices, so the type to go
// to is the same for all.
#ifndef EMBED_GRAPH_METAPATH_STEP_H_
#define EMBED_GRAPH_METAPATH_STEP_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/alias_draw.h"
#include "graph/metapath.h"
#include "graph/typed_graph.h"
#include "graph/walks.h"

namespace embed {

// The arcs that walkers may take next, by the vertices visited.
class MetapathArcs {
 public:
  MetapathArcs(const TypedGraph& graph, const Metapath& metapath);

  // For the step from vertex `length` of a walk (counted from 1) to the next.
  const TypedGraph::ArcsBetween& From(uint64_t length) const {
    return steps_[(length - 1) % steps_.size()];
  }

 private:
  std::vector<TypedGraph::ArcsBetween> steps_;
};

// To each neighbor of the type alike. Exactness as UniformStep.
class UniformMetapathStep {
 public:
  static constexpr int kWordsPerStep = 1;
  static constexpr int kIdsPerStep = 1;

  // `graph` must outlive the policy.
  UniformMetapathStep(const TypedGraph& graph, const Metapath& metapath)
      : arcs_(graph, metapath), targets_(graph.graph().targets()) {}

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* arcs) const {
    const auto prefetch = [this](uint64_t arc) {
      __builtin_prefetch(targets_ + arc);
    };
    return ChooseByWord(group, arcs_.From(group.length), prefetch, arcs);
  }

  void FollowArcs(const uint64_t* arcs, WalkerGroup* group) const {
    const TypedGraph::ArcsBetween after = arcs_.From(group->length + 1);
    const int active = group->active;
    for (int i = 0; i < active; ++i) {
      const uint32_t node = targets_[arcs[i]];
      group->Visit(i, node);
      after.Prefetch(node);
    }
  }

 private:
  MetapathArcs arcs_;
  const uint32_t* targets_;
};

// In proportion to the weights of the arcs, by an alias table for the neighbors
// of each type that a node has on the metapath: 8 bytes an arc. Exactness as
// AliasTable.
class WeightedMetapathStep {
 public:
  static constexpr int kWordsPerStep = 2;
  static constexpr int kIdsPerStep = 1;

  // `graph` must outlive the policy. On `threads` threads, the same for any.
  // InvalidArgument: the graph has no weights. ResourceExhausted: no memory.
  static absl::StatusOr<WeightedMetapathStep> Create(const TypedGraph& graph,
                                                     const Metapath& metapath,
                                                     int threads);

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* arcs) const {
    const AliasEntry* const entries = buckets();
    const auto prefetch = [this, entries](uint64_t arc) {
      __builtin_prefetch(targets_ + arc);
      __builtin_prefetch(entries + arc);
    };
    return ChooseByWord(group, arcs_.From(group.length), prefetch, arcs);
  }

  void FollowArcs(const uint64_t* arcs, WalkerGroup* group) const {
    const TypedGraph::ArcsBetween after = arcs_.From(group->length + 1);
    const AliasEntry* const entries = buckets();
    const uint32_t* const words = group->step_words(1);
    const int active = group->active;
    for (int i = 0; i < active; ++i) {
      const AliasEntry entry = entries[arcs[i]];
      const uint32_t node =
          Choose(words[i] < entry.threshold, targets_[arcs[i]], entry.alias);
      group->Visit(i, node);
      after.Prefetch(node);
    }
  }

 private:
  WeightedMetapathStep(MetapathArcs arcs, const TypedGraph& graph,
                       AlignedBuffer buckets)
      : arcs_(std::move(arcs)),
        targets_(graph.graph().targets()),
        buckets_(std::move(buckets)) {}

  const AliasEntry* buckets() const {
    return static_cast<const AliasEntry*>(buckets_.data());
  }

  MetapathArcs arcs_;
  const uint32_t* targets_;
  AlignedBuffer buckets_;  // an AliasEntry an arc, its alias a vertex
};

}  // namespace embed

#endif  // EMBED_GRAPH_METAPATH_STEP_H_
