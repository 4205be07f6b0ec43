// Policies (graph/walks.h) for walks that remember the types of their edges:
// two nodes may have several arcs between them. A step appends two ids to the
// path, the arc's type, counted on from the last node, and the vertex.
#ifndef EMBED_GRAPH_TYPED_STEP_H_
#define EMBED_GRAPH_TYPED_STEP_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/alias_draw.h"
#include "graph/typed_graph.h"
#include "graph/walks.h"

namespace embed {

// What the policies below have in common.
class TypedStep {
 public:
  static constexpr int kIdsPerStep = 2;

 protected:
  explicit TypedStep(const TypedGraph& graph)
      : arcs_(graph.graph()),
        targets_(graph.graph().targets()),
        types_(graph.arc_types()),
        first_type_(graph.graph().num_nodes()) {}

  // Asks for what Visit() reads.
  void Prefetch(uint64_t arc) const {
    __builtin_prefetch(targets_ + arc);
    __builtin_prefetch(types_ + arc);
  }

  // Each walker goes on along its arc.
  void Visit(const uint64_t* arcs, WalkerGroup* group) const {
    const int active = group->active;
    for (int i = 0; i < active; ++i) {
      const uint32_t node = targets_[arcs[i]];
      uint32_t* const ids = group->paths[i] + 2 * group->length - 1;
      ids[0] = first_type_ + types_[arcs[i]];
      ids[1] = node;
      group->current[i] = node;
      arcs_.Prefetch(node);
    }
  }

  const ArcsOfNodes& arcs() const { return arcs_; }

 private:
  ArcsOfNodes arcs_;
  const uint32_t* targets_;
  const uint16_t* types_;
  uint32_t first_type_;
};

// Every arc of the node alike. Exactness as UniformStep.
class UniformTypedStep : public TypedStep {
 public:
  static constexpr int kWordsPerStep = 1;

  // `graph` must outlive the policy.
  explicit UniformTypedStep(const TypedGraph& graph) : TypedStep(graph) {}

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* chosen) const {
    const auto prefetch = [this](uint64_t arc) { Prefetch(arc); };
    return ChooseByWord(group, arcs(), prefetch, chosen);
  }

  void FollowArcs(const uint64_t* chosen, WalkerGroup* group) const {
    Visit(chosen, group);
  }
};

// In proportion to the weight of the arc, by an alias table for each node whose
// buckets hold places in the row: 8 bytes an arc. Exactness as AliasTable.
class WeightedTypedStep : public TypedStep {
 public:
  static constexpr int kWordsPerStep = 2;

  // `graph` must outlive the policy; O(arcs), on `threads` threads, the same
  // for any. InvalidArgument: the graph has no weights. ResourceExhausted: no
  // memory.
  static absl::StatusOr<WeightedTypedStep> Create(const TypedGraph& graph,
                                                  int threads);

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* chosen) const {
    const AliasEntry* const entries = this->entries();
    const auto prefetch = [entries](uint64_t arc) {
      __builtin_prefetch(entries + arc);
    };
    return ChooseByWord(group, arcs(), prefetch, chosen);
  }

  void FollowArcs(const uint64_t* chosen, WalkerGroup* group) const {
    const uint32_t* const words = group->step_words(1);
    const AliasEntry* const entries = this->entries();
    uint64_t drawn[WalkerGroup::kMaxWalkers];
    for (int i = 0; i < group->active; ++i) {
      const AliasEntry entry = entries[chosen[i]];
      drawn[i] = words[i] < entry.threshold
                     ? chosen[i]
                     : arcs().Of(group->current[i]).begin + entry.alias;
      Prefetch(drawn[i]);
    }
    Visit(drawn, group);
  }

 private:
  WeightedTypedStep(const TypedGraph& graph, AlignedBuffer buffer)
      : TypedStep(graph), buffer_(std::move(buffer)) {}

  const AliasEntry* entries() const {
    return static_cast<const AliasEntry*>(buffer_.data());
  }

  AlignedBuffer buffer_;  // an AliasEntry an arc
};

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_STEP_H_
