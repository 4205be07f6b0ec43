// One step of a group of walkers: the policies that tell walks apart.
//
// Walkers advance in turn, phase by phase, so that the cache miss of one
// overlaps those of the others: a policy first chooses an arc for every walker
// and asks for its memory, then follows the arcs. A policy is any class with
//
//     static constexpr int kWordsPerStep;  // random words a step, 1, 2 or 4
//     static constexpr int kIdsPerStep;  // ids that a path gets a step, 1 or 2
//     uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* arcs) const;
//     void FollowArcs(const uint64_t* arcs, WalkerGroup* group) const;
//
// where ChooseArcs() sets arcs[i] for i < group.active to the arc that walker i
// takes, from the group alone, or bit i of what it returns: a dead end.
// FollowArcs() lets each walker go on along its arc. Immutable and thread-safe.
#ifndef EMBED_GRAPH_WALKS_H_
#define EMBED_GRAPH_WALKS_H_

#include <cstdint>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/statusor.h"
#include "graph/alias_rows.h"
#include "graph/graph.h"

namespace embed {

struct WalkerGroup {
  // Enough to hide the time that memory takes, and few enough for what they
  // write to stay in the first-level cache; at most the bits of a word.
  static constexpr int kMaxWalkers = 48;
  static constexpr int kWords = 8;  // random words a walker has at a time

  // Word k of walker i for its current step is step_words(k)[i].
  const uint32_t* step_words(int k) const { return words[word + k]; }
  // Walker i goes on to `node`.
  void Visit(int i, uint32_t node) {
    current[i] = node;
    paths[i][length] = node;
  }

  int active = 0;       // walkers still under way: 0 .. active - 1
  uint64_t length = 0;  // vertices that each of them has visited
  uint32_t current[kMaxWalkers];
  uint64_t sequence[kMaxWalkers];  // which walk of the epoch each one is
  uint32_t* paths[kMaxWalkers];    // where its vertices go
  // Those of all walkers lie side by side, as they are made and used.
  uint32_t words[kWords][kMaxWalkers];
  int word = 0;  // the first word of the step, of each walker's kWords
};

// a if `first`, else b, without a branch: for what random bits decide, which no
// processor foresees.
inline uint32_t Choose(bool first, uint32_t a, uint32_t b) {
  const uint32_t mask = -static_cast<uint32_t>(first);
  return (a & mask) | (b & ~mask);
}

// Asks for the bounds of a row. One time in eight they lie in two cache lines,
// of which this asks for the first: it costs more to ask for both each time.
inline void PrefetchRow(const uint64_t* rows, uint32_t node) {
  __builtin_prefetch(rows + node);
}

// Where the arcs of each node of a graph lie.
class ArcsOfNodes {
 public:
  explicit ArcsOfNodes(const Graph& graph) : rows_(graph.rows()) {}

  ArcRange Of(uint32_t node) const {
    const uint64_t* row = rows_ + node;
    return {row[0], row[1]};
  }
  // Asks for what Of() reads.
  void Prefetch(uint32_t node) const { PrefetchRow(rows_, node); }

 private:
  const uint64_t* rows_;
};

// ChooseArcs() of policies that take any arc of `arcs_of` by the first word of
// the step, with multiply and shift: off by less than 2^-32 in probability.
// Calls prefetch(arc) for each.
template <class Arcs, class Prefetch>
uint64_t ChooseByWord(const WalkerGroup& group, const Arcs& arcs_of,
                      const Prefetch& prefetch, uint64_t* arcs) {
  const uint32_t* const words = group.step_words(0);
  const int active = group.active;
  uint64_t ended = 0;
#pragma GCC unroll 4
  for (int i = 0; i < active; ++i) {
    const ArcRange range = arcs_of.Of(group.current[i]);
    const uint64_t degree = range.end - range.begin;
    if (ABSL_PREDICT_FALSE(degree == 0)) {
      ended |= uint64_t{1} << i;
      continue;
    }
    const uint64_t arc = range.begin + ((words[i] * degree) >> 32);
    arcs[i] = arc;
    prefetch(arc);
  }
  return ended;
}

// To each neighbour with the same probability, as exactly as ChooseByWord().
class UniformStep {
 public:
  static constexpr int kWordsPerStep = 1;
  static constexpr int kIdsPerStep = 1;

  // `graph` must outlive the policy.
  explicit UniformStep(const Graph& graph)
      : arcs_(graph), targets_(graph.targets()) {}

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* arcs) const {
    const auto prefetch = [targets = targets_](uint64_t arc) {
      __builtin_prefetch(targets + arc);
    };
    return ChooseByWord(group, arcs_, prefetch, arcs);
  }

  void FollowArcs(const uint64_t* arcs, WalkerGroup* group) const {
    const int active = group->active;
#pragma GCC unroll 4
    for (int i = 0; i < active; ++i) {
      const uint32_t node = targets_[arcs[i]];
      group->Visit(i, node);
      arcs_.Prefetch(node);
    }
  }

 private:
  ArcsOfNodes arcs_;
  const uint32_t* targets_;
};

// To each neighbour in proportion to the weight of the arc, by an alias table
// for each node: 8 bytes an arc. Exactness as AliasTable.
class WeightedStep {
 public:
  static constexpr int kWordsPerStep = 2;
  static constexpr int kIdsPerStep = 1;

  // Tables of a weighted graph, which must outlive the policy; O(arcs), on
  // `threads` threads, the same for any. InvalidArgument: the graph has no
  // weights. ResourceExhausted: no memory.
  static absl::StatusOr<WeightedStep> Create(const Graph& graph, int threads);

  uint64_t ChooseArcs(const WalkerGroup& group, uint64_t* arcs) const {
    const AliasRows::Reader buckets = buckets_.reader();
    const auto prefetch = [buckets](uint64_t arc) { buckets.Prefetch(arc); };
    return ChooseByWord(group, arcs_, prefetch, arcs);
  }

  void FollowArcs(const uint64_t* arcs, WalkerGroup* group) const {
    const AliasRows::Reader buckets = buckets_.reader();
    const uint32_t* const words = group->step_words(1);
    const int active = group->active;
#pragma GCC unroll 2
    for (int i = 0; i < active; ++i) {
      const uint32_t node =
          buckets.Target(group->current[i], arcs[i], words[i]);
      group->Visit(i, node);
      arcs_.Prefetch(node);
    }
  }

 private:
  WeightedStep(const Graph& graph, AliasRows buckets)
      : arcs_(graph), buckets_(std::move(buckets)) {}

  ArcsOfNodes arcs_;
  AliasRows buckets_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_WALKS_H_
