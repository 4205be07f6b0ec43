// One step of a group of walkers that tells which arc each takes, for walks
// that remember the types of their edges: two nodes may have several arcs
// between them. As the policies of graph/walks.h, but for
//
//     void Advance(const WalkerGroup& group, uint64_t* arcs) const;
//
// which sets arcs[i] for i < group.active to the arc that walker i takes, or
// kNoArc, and asks for what TypedGraph knows about it.
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

constexpr uint64_t kNoArc = ~uint64_t{0};

// Every arc of the node alike. Exactness as UniformStep.
class UniformTypedStep {
 public:
  static constexpr int kWordsPerStep = 1;

  // `graph` must outlive the policy.
  explicit UniformTypedStep(const TypedGraph& graph)
      : rows_(graph.graph().rows()),
        targets_(graph.graph().targets()),
        types_(graph.arc_types()) {}

  void Advance(const WalkerGroup& group, uint64_t* arcs) const {
    for (int i = 0; i < group.active; ++i) {
      const uint64_t* row = rows_ + group.current[i];
      const uint64_t degree = row[1] - row[0];
      arcs[i] = kNoArc;
      if (degree == 0) continue;
      arcs[i] = row[0] + ((group.step_words(i)[0] * degree) >> 32);
      __builtin_prefetch(targets_ + arcs[i]);
      __builtin_prefetch(types_ + arcs[i]);
    }
  }

 private:
  const uint64_t* rows_;
  const uint32_t* targets_;
  const uint16_t* types_;
};

// In proportion to the weight of the arc, by an alias table for each node whose
// buckets hold places in the row: 8 bytes an arc. Exactness as AliasTable.
class WeightedTypedStep {
 public:
  static constexpr int kWordsPerStep = 2;

  // `graph` must outlive the policy; O(arcs), on `threads` threads, the same
  // for any. InvalidArgument: the graph has no weights. ResourceExhausted: no
  // memory.
  static absl::StatusOr<WeightedTypedStep> Create(const TypedGraph& graph,
                                                  int threads);

  void Advance(const WalkerGroup& group, uint64_t* arcs) const {
    const AliasEntry* const entries =
        static_cast<const AliasEntry*>(entries_.data());
    for (int i = 0; i < group.active; ++i) {
      const uint64_t* row = rows_ + group.current[i];
      const uint64_t degree = row[1] - row[0];
      arcs[i] = kNoArc;
      if (degree == 0) continue;
      arcs[i] = row[0] + ((group.step_words(i)[0] * degree) >> 32);
      __builtin_prefetch(entries + arcs[i]);
    }
    for (int i = 0; i < group.active; ++i) {
      if (arcs[i] == kNoArc) continue;
      const AliasEntry entry = entries[arcs[i]];
      if (group.step_words(i)[1] >= entry.threshold) {
        arcs[i] = rows_[group.current[i]] + entry.alias;
      }
      __builtin_prefetch(targets_ + arcs[i]);
      __builtin_prefetch(types_ + arcs[i]);
    }
  }

 private:
  WeightedTypedStep(const TypedGraph& graph, AlignedBuffer entries)
      : rows_(graph.graph().rows()),
        targets_(graph.graph().targets()),
        types_(graph.arc_types()),
        entries_(std::move(entries)) {}

  const uint64_t* rows_;
  const uint32_t* targets_;
  const uint16_t* types_;
  AlignedBuffer entries_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_STEP_H_
