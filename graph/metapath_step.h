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

  // `graph` must outlive the policy.
  UniformMetapathStep(const TypedGraph& graph, const Metapath& metapath)
      : arcs_(graph, metapath), targets_(graph.graph().targets()) {}

  void Advance(const WalkerGroup& group, uint32_t* next) const {
    const TypedGraph::ArcsBetween& now = arcs_.From(group.length);
    const TypedGraph::ArcsBetween& after = arcs_.From(group.length + 1);
    const uint32_t* places[WalkerGroup::kMaxWalkers];
    for (int i = 0; i < group.active; ++i) {
      const TypedGraph::ArcRange range = now.Of(group.current[i]);
      const uint64_t degree = range.end - range.begin;
      places[i] = nullptr;
      if (degree == 0) continue;
      places[i] =
          targets_ + range.begin + ((group.step_words(i)[0] * degree) >> 32);
      __builtin_prefetch(places[i]);
    }
    for (int i = 0; i < group.active; ++i) {
      next[i] = kWalkEnd;
      if (places[i] == nullptr) continue;
      next[i] = *places[i];
      after.Prefetch(next[i]);
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

  // `graph` must outlive the policy. On `threads` threads, the same for any.
  // InvalidArgument: the graph has no weights. ResourceExhausted: no memory.
  static absl::StatusOr<WeightedMetapathStep> Create(const TypedGraph& graph,
                                                     const Metapath& metapath,
                                                     int threads);

  void Advance(const WalkerGroup& group, uint32_t* next) const {
    const TypedGraph::ArcsBetween& now = arcs_.From(group.length);
    const TypedGraph::ArcsBetween& after = arcs_.From(group.length + 1);
    const auto* const buckets = static_cast<const AliasEntry*>(buckets_.data());
    uint64_t arcs[WalkerGroup::kMaxWalkers];
    for (int i = 0; i < group.active; ++i) {
      const TypedGraph::ArcRange range = now.Of(group.current[i]);
      const uint64_t degree = range.end - range.begin;
      arcs[i] = kNone;
      if (degree == 0) continue;
      arcs[i] = range.begin + ((group.step_words(i)[0] * degree) >> 32);
      __builtin_prefetch(targets_ + arcs[i]);
      __builtin_prefetch(buckets + arcs[i]);
    }
    for (int i = 0; i < group.active; ++i) {
      next[i] = kWalkEnd;
      if (arcs[i] == kNone) continue;
      const AliasEntry bucket = buckets[arcs[i]];
      next[i] = Choose(group.step_words(i)[1] < bucket.threshold,
                       targets_[arcs[i]], bucket.alias);
      after.Prefetch(next[i]);
    }
  }

 private:
  static constexpr uint64_t kNone = ~uint64_t{0};

  WeightedMetapathStep(MetapathArcs arcs, const TypedGraph& graph,
                       AlignedBuffer buckets)
      : arcs_(std::move(arcs)),
        targets_(graph.graph().targets()),
        buckets_(std::move(buckets)) {}

  MetapathArcs arcs_;
  const uint32_t* targets_;
  AlignedBuffer buckets_;  // an AliasEntry an arc, its alias a vertex
};

}  // namespace embed

#endif  // EMBED_GRAPH_METAPATH_STEP_H_
