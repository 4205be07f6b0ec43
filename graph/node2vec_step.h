// node2vec's steps (graph/second_order_step.h has the definition) in a graph
// without weights.
//
// Method: rejection, from an area that is cut more finely than KnightKing's.
// Every arc of v has the lesser of the two factors, 1 and 1 / q, as an area
// that accepts at once. What the greater one has beyond it is an area that
// accepts if t has an arc to x (q > 1), or has none (q < 1). For q > 1 it
// belongs to the common neighbours of t and v, so it may as well be drawn from
// t's row and accept if v has an arc to x: the shorter of the two rows is
// taken. What 1 / p has beyond the lesser factor is an area that only the way
// back has.
//
// A walk on a heavy-tailed graph often comes to a hub from a node of few arcs,
// where the second area is then small.
//
// Dead ends and large p: as in SecondOrderStep. Probabilities are rounded to
// multiples of 2^-32.
#ifndef EMBED_GRAPH_NODE2VEC_STEP_H_
#define EMBED_GRAPH_NODE2VEC_STEP_H_

#include <cstdint>

#include "graph/adjacency.h"
#include "graph/graph.h"
#include "graph/retry_loop.h"
#include "graph/second_order_bias.h"
#include "graph/walks.h"

namespace embed {

// A policy for RetryLoop. Immutable and thread-safe.
class Node2vecStep {
 public:
  static constexpr int kWordsPerTry = 2;

  struct Memory {
    double back_area = 0;  // of the way back, the area of an arc being 1
    uint32_t tries = 0;
  };

  // `graph` must outlive it. symmetric: IsSymmetric(graph), so that the arc
  // back need not be looked for.
  Node2vecStep(const Graph& graph, Adjacency adjacency, Node2vecBias bias,
               bool symmetric);

  // What 1 / p has beyond the lesser factor, in units of that.
  static double BackArea(const Node2vecBias& bias);

  void Try(const RetryGroup& group, Memory* memory, uint32_t* next) const;

 private:
  static constexpr uint64_t kNone = ~uint64_t{0};  // at a dead end
  static constexpr uint32_t kMinTries = 64;

  // Walkers of which a phase takes care at a time: few, so that arithmetic and
  // requests of memory alternate, but as many requests in a row as the memory
  // serves at once.
  static constexpr int kBlock = 64;

  // What Try() knows of each walker.
  struct Proposals {
    uint64_t arc[RetryGroup::kMaxWalkers];
    bool returns[RetryGroup::kMaxWalkers];      // by the area of the way back
    bool asks[RetryGroup::kMaxWalkers];         // by that of the greater factor
    bool of_previous[RetryGroup::kMaxWalkers];  // arc is t's
  };
  // The pairs that decide what could not be decided at once.
  struct Questions {
    Adjacency::Lookup lookup;
    int walker[RetryGroup::kMaxWalkers + 1];
  };
  struct Block {
    int begin;
    int end;
  };

  void SetBackAreas(const RetryGroup& group, Memory* memory) const;
  void FindBackAreas(const RetryGroup& group, Memory* memory) const;
  void Propose(const RetryGroup& group, Block block, const Memory* memory,
               Proposals* proposals) const;
  void DecideAtOnce(const RetryGroup& group, Block block,
                    const Proposals& proposals, uint32_t* next,
                    Questions* questions) const;
  void Decide(const Questions& questions, uint32_t* next) const;
  void DrawInstead(const RetryGroup& group, const Memory* memory,
                   uint32_t* next) const;

  const uint64_t* rows_;
  const uint32_t* targets_;
  Adjacency adjacency_;
  Node2vecBias bias_;
  double rest_;          // of the greater factor, in units of the lesser
  double per_rest_;      // 1 / rest, or 0
  double back_area_;     // in the same units
  bool find_backs_;      // or every way back is an arc
  bool accepts_near_;    // the rest is that of near ones
  uint64_t back_limit_;  // of 2^32: a proposal from v's row that is t
};

}  // namespace embed

#endif  // EMBED_GRAPH_NODE2VEC_STEP_H_
