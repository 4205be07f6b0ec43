// Second-order walks: where a walker steps from v depends on the vertex t that
// it came from. node2vec (Grover, Leskovec, KDD 2016) goes to x with
// probability in proportion to
//
//     w(v, x) * 1 / p   if x = t                       (asked first: a
//     self-loop
//                                                       at t does not hide it)
//     w(v, x)           if there is an arc from t to x ("distance 1"; this
//                                                       direction, where graphs
//                                                       are directed)
//     w(v, x) * 1 / q   else,
//
// and its first step, which has no t, in proportion to w(v, x).
//
// Method: rejection, as KnightKing (Yang et al., SOSP 2019). x is proposed in
// proportion to w(v, x) and accepted with probability alpha / B, where alpha is
// the factor above and B = max(1, 1 / q). What 1 / p has beyond B is an area of
// its own that only the way back has: it is drawn together with the proposal,
// so a small p costs no tries. Below the least alpha a proposal is accepted
// without looking at t's arcs. No tables but those of the proposal and of
// Adjacency, whatever p and q: one byte an arc at most, and with weights and
// p < 1 eight bytes a node for their sums.
//
// Where almost nothing would be accepted (a dead end and a large p), a walker
// that has tried as often as the row is long weighs the whole row and draws
// from that, which bounds the expected work; the distribution is the same.
//
// Probabilities are rounded to multiples of 2^-32.
#ifndef EMBED_GRAPH_SECOND_ORDER_STEP_H_
#define EMBED_GRAPH_SECOND_ORDER_STEP_H_

#include <algorithm>
#include <cstdint>
#include <utility>

#include "graph/adjacency.h"
#include "graph/retry_loop.h"
#include "graph/second_order_bias.h"
#include "graph/second_order_row.h"
#include "graph/walks.h"

namespace embed {

// Proposes by `Proposal` (graph/proposals.h) and accepts by `Bias`
// (graph/second_order_bias.h).
template <class Proposal, class Bias>
class SecondOrderStep {
 public:
  static constexpr int kWordsPerTry = Proposal::kWords == 1 ? 2 : 4;

  struct Memory {
    double return_slots = 0;  // the area of the way back, in slots of the row
    uint32_t tries = 0;
  };

  // `graph` must outlive it. symmetric: IsSymmetric(graph) and no weights, so
  // that the arc back need not be looked for.
  SecondOrderStep(const Graph& graph, Adjacency adjacency, Proposal proposal,
                  Bias bias, bool symmetric)
      : rows_(graph.rows()),
        targets_(graph.targets()),
        adjacency_(std::move(adjacency)),
        proposal_(std::move(proposal)),
        bias_(std::move(bias)),
        scale_(bias_.greatest() * 0x1.0p-32),
        return_excess_(ReturnExcess(bias_)),
        find_returns_(return_excess_ > 0 && !symmetric) {}

  // What 1 / p has beyond B, in B.
  static double ReturnExcess(const Bias& bias) {
    return std::max(0.0, bias.return_factor() / bias.greatest() - 1);
  }

  void Try(const RetryGroup& group, Memory* memory, uint32_t* next) const {
    uint64_t arcs[RetryGroup::kMaxWalkers];
    bool returning[RetryGroup::kMaxWalkers];
    StepPairs undecided;
    UpdateMemory(group, memory);
    Propose(group, memory, arcs, returning);
    DecideAtOnce(group, arcs, returning, next, &undecided);
    Decide(group, undecided, next);
    for (int i = 0; i < group.active; ++i) {
      if (memory[i].tries > kMinTries) DrawInstead(group, i, memory[i], next);
      PrefetchRow(rows_,
                  Choose(next[i] < kWalkStay, next[i], group.current[i]));
    }
  }

 private:
  static constexpr uint64_t kNone = ~uint64_t{0};  // at a dead end
  static constexpr uint32_t kMinTries = 64;

  void UpdateMemory(const RetryGroup& group, Memory* memory) const {
    for (int i = 0; i < group.active; ++i) {
      memory[i].tries = Choose(group.fresh[i], 0, memory[i].tries) + 1;
    }
    if (find_returns_) {
      FindReturns(group, memory);
      return;
    }
    for (int i = 0; i < group.active; ++i) {
      memory[i].return_slots =
          group.previous[i] == kWalkEnd ? 0 : return_excess_;
    }
  }

  // Sets the area of the way back of the walkers that have moved.
  void FindReturns(const RetryGroup& group, Memory* memory) const {
    StepPairs moved;
    for (int i = 0; i < group.active; ++i) {
      if (!group.fresh[i]) continue;
      memory[i].return_slots = 0;
      if (group.previous[i] == kWalkEnd) continue;
      moved.walker[moved.count] = i;
      moved.previous[moved.count] = group.previous[i];
      moved.current[moved.count] = group.current[i];
      ++moved.count;
    }
    uint64_t arcs[StepPairs::kMax];
    adjacency_.Find(moved.current, moved.previous, moved.count, arcs);
    for (int k = 0; k < moved.count; ++k) {
      if (arcs[k] == Adjacency::kNoArc) continue;
      memory[moved.walker[k]].return_slots =
          return_excess_ * proposal_.Slots(moved.current[k], arcs[k]);
    }
  }

  // Chooses a slot of each walker's row, which has one for each arc and
  // return_slots more, or kNone.
  void Propose(const RetryGroup& group, const Memory* memory, uint64_t* arcs,
               bool* returning) const {
    for (int i = 0; i < group.active; ++i) {
      const uint64_t* row = rows_ + group.current[i];
      const auto degree = static_cast<int64_t>(row[1] - row[0]);
      arcs[i] = kNone;
      if (degree == 0) continue;
      const double back = memory[i].return_slots;
      const double place = group.try_words(i)[0] * 0x1.0p-32 *
                               (static_cast<double>(degree) + back) -
                           back;
      const int64_t slot = std::max<int64_t>(0, static_cast<int64_t>(place));
      arcs[i] = row[0] + static_cast<uint64_t>(slot);
      returning[i] = place < 0;
    }
    // A loop of its own, as in Node2vecStep.
    for (int i = 0; i < group.active; ++i) {
      if (arcs[i] != kNone) proposal_.Prefetch(arcs[i]);
    }
  }

  // Decides what can be decided without t's arcs.
  void DecideAtOnce(const RetryGroup& group, const uint64_t* arcs,
                    const bool* returning, uint32_t* next,
                    StepPairs* undecided) const {
    const double factors[2] = {bias_.least(), bias_.return_factor()};
    int count = 0;
    for (int i = 0; i < group.active; ++i) {
      next[i] = kWalkEnd;
      if (arcs[i] == kNone) continue;
      const uint32_t* words = group.try_words(i);
      const uint32_t current = group.current[i];
      const uint32_t previous = group.previous[i];
      const bool returns = returning[i];
      const uint32_t proposed =
          Choose(returns, previous, proposal_.Target(current, arcs[i], words));
      const bool back = proposed == previous;
      const bool accepted = returns | (previous == kWalkEnd) |
                            (words[Proposal::kWords] * scale_ < factors[back]);
      next[i] = Choose(accepted, proposed, kWalkStay);
      undecided->walker[count] = i;
      undecided->previous[count] = previous;
      undecided->current[count] = current;
      undecided->proposed[count] = proposed;
      count += !(accepted | back);
    }
    undecided->count = count;
  }

  void Decide(const RetryGroup& group, const StepPairs& undecided,
              uint32_t* next) const {
    double factors[StepPairs::kMax];
    bias_.Factors(adjacency_, undecided, factors);
    for (int k = 0; k < undecided.count; ++k) {
      const int i = undecided.walker[k];
      const uint32_t word = group.try_words(i)[Proposal::kWords];
      next[i] =
          Choose(word * scale_ < factors[k], undecided.proposed[k], kWalkStay);
    }
  }

  // Once a walker has tried as often as its row has arcs: a draw from the exact
  // weights of the row, with the words of this try in place of the try.
  void DrawInstead(const RetryGroup& group, int i, const Memory& memory,
                   uint32_t* next) const {
    const uint32_t current = group.current[i];
    if (memory.tries <= rows_[current + uint64_t{1}] - rows_[current]) return;
    next[i] = DrawFromRow(
        SecondOrderRow{rows_, targets_, group.previous[i], current}, adjacency_,
        bias_, [this](uint64_t arc) { return proposal_.Weight(arc); },
        group.try_words(i));
  }

  const uint64_t* rows_;
  const uint32_t* targets_;
  Adjacency adjacency_;
  Proposal proposal_;
  Bias bias_;
  double scale_;          // B over the number of random words
  double return_excess_;  // the area of the way back, in slots of weight 1
  bool find_returns_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_SECOND_ORDER_STEP_H_
