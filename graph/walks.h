// One step of a group of walkers: the policies that tell walks apart.
//
// Walkers advance in turn, phase by phase, so that the cache miss of one
// overlaps those of the others: a policy first chooses an arc for every walker
// and asks for its memory, then follows the arcs. A policy is any class with
//
//     static constexpr int kWordsPerStep;  // random words a step, 1, 2 or 4
//     void Advance(const WalkerGroup& group, uint32_t* next) const;
//
// where Advance() sets next[i] for i < group.active to the vertex that walker i
// steps to, or kWalkEnd, from the group alone. Immutable and thread-safe.
#ifndef EMBED_GRAPH_WALKS_H_
#define EMBED_GRAPH_WALKS_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "graph/alias_rows.h"
#include "graph/graph.h"

namespace embed {

constexpr uint32_t kWalkEnd = 0xFFFFFFFF;  // a dead end

struct WalkerGroup {
  static constexpr int kMaxWalkers = 64;
  static constexpr int kWords = 8;  // random words a walker has at a time

  // The random words of one walker for its current step.
  class StepWords {
   public:
    explicit StepWords(const uint32_t* first) : first_(first) {}
    uint32_t operator[](int k) const { return first_[k * kMaxWalkers]; }

   private:
    const uint32_t* first_;
  };
  StepWords step_words(int i) const { return StepWords(&words[word][slot[i]]); }
  // The same in the groups of MakeWalks(), where each walker's slot is its
  // place.
  StepWords place_words(int i) const { return StepWords(&words[word][i]); }
  // What walker i has visited, in order: path(i)[length - 1] is current[i].
  const uint32_t* path(int i) const { return paths[slot[i]]; }

  int active = 0;       // walkers still under way: 0 .. active - 1
  uint64_t length = 0;  // vertices that each of them has visited
  uint32_t current[kMaxWalkers];
  // Where the data of each walker lies; rising.
  uint32_t slot[kMaxWalkers];
  uint32_t walk[kMaxWalkers];    // which walk of the task it is
  uint32_t* paths[kMaxWalkers];  // where its vertices go
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

// Asks for the bounds of a row. They may lie in two cache lines.
inline void PrefetchRow(const uint64_t* rows, uint32_t node) {
  __builtin_prefetch(rows + node);
  __builtin_prefetch(rows + node + 1);
}

// To each neighbour with the same probability. A neighbour is chosen from 32
// random bits by multiply and shift: off by less than 2^-32 in probability.
class UniformStep {
 public:
  static constexpr int kWordsPerStep = 1;

  // `graph` must outlive the policy.
  explicit UniformStep(const Graph& graph)
      : rows_(graph.rows()), targets_(graph.targets()) {}

  void Advance(const WalkerGroup& group, uint32_t* next) const {
    const int active = group.active;
    uint64_t arcs[WalkerGroup::kMaxWalkers];
    for (int i = 0; i < active; ++i) {
      const uint64_t* row = rows_ + group.current[i];
      const uint64_t degree = row[1] - row[0];
      arcs[i] = kNoArc;
      if (degree == 0) continue;
      arcs[i] = row[0] + ((group.place_words(i)[0] * degree) >> 32);
      __builtin_prefetch(targets_ + arcs[i]);
    }
    for (int i = 0; i < active; ++i) {
      next[i] = kWalkEnd;
      if (arcs[i] == kNoArc) continue;
      next[i] = targets_[arcs[i]];
      PrefetchRow(rows_, next[i]);
    }
  }

 private:
  static constexpr uint64_t kNoArc = ~uint64_t{0};

  const uint64_t* rows_;
  const uint32_t* targets_;
};

// To each neighbour in proportion to the weight of the arc, by an alias table
// for each node: 8 bytes an arc. Exactness as AliasTable.
class WeightedStep {
 public:
  static constexpr int kWordsPerStep = 2;

  // Tables of a weighted graph, which must outlive the policy; O(arcs), on
  // `threads` threads, the same for any. InvalidArgument: the graph has no
  // weights. ResourceExhausted: no memory.
  static absl::StatusOr<WeightedStep> Create(const Graph& graph, int threads);

  void Advance(const WalkerGroup& group, uint32_t* next) const {
    const int active = group.active;
    uint64_t arcs[WalkerGroup::kMaxWalkers];
    for (int i = 0; i < active; ++i) {
      const uint64_t* row = rows_ + group.current[i];
      const uint64_t degree = row[1] - row[0];
      arcs[i] = kNoArc;
      if (degree == 0) continue;
      arcs[i] = row[0] + ((group.place_words(i)[0] * degree) >> 32);
      buckets_.Prefetch(arcs[i]);
    }
    for (int i = 0; i < active; ++i) {
      next[i] = kWalkEnd;
      if (arcs[i] == kNoArc) continue;
      next[i] =
          buckets_.Target(group.current[i], arcs[i], group.place_words(i)[1]);
      PrefetchRow(rows_, next[i]);
    }
  }

 private:
  static constexpr uint64_t kNoArc = ~uint64_t{0};

  WeightedStep(const Graph& graph, AliasRows buckets)
      : rows_(graph.rows()), buckets_(std::move(buckets)) {}

  const uint64_t* rows_;
  AliasRows buckets_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_WALKS_H_
