#include "graph/node2vec_step.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "graph/second_order_row.h"

namespace embed {
namespace {

uint64_t Choose64(bool first, uint64_t a, uint64_t b) {
  const uint64_t mask = -static_cast<uint64_t>(first);
  return (a & mask) | (b & ~mask);
}

}  // namespace

double Node2vecStep::BackArea(const Node2vecBias& bias) {
  return std::max(0.0, bias.return_factor() / bias.least() - 1);
}

Node2vecStep::Node2vecStep(const Graph& graph, Adjacency adjacency,
                           Node2vecBias bias, bool symmetric)
    : rows_(graph.rows()),
      targets_(graph.targets()),
      adjacency_(std::move(adjacency)),
      bias_(bias),
      rest_(bias.greatest() / bias.least() - 1),
      per_rest_(rest_ > 0 ? 1 / rest_ : 0),
      back_area_(BackArea(bias)),
      find_backs_(back_area_ > 0 && !symmetric),
      accepts_near_(bias.least() < 1),
      back_limit_(static_cast<uint64_t>(std::ceil(
          std::min(1.0, bias.return_factor() / bias.least()) * 0x1.0p32))) {}

void Node2vecStep::Try(const RetryGroup& group, Memory* memory,
                       uint32_t* next) const {
  const int active = group.active;
  const auto block = [active](int begin) {
    return Block{begin, std::min(begin + kBlock, active)};
  };
  Proposals proposals;
  Questions questions;
  SetBackAreas(group, memory);
  // A block proposes while the targets that the block before has asked for are
  // under way, and the filters of the one before that.
  int asked_before = 0;
  for (int begin = 0; begin < active + kBlock; begin += kBlock) {
    if (begin < active) Propose(group, block(begin), memory, &proposals);
    if (begin == 0) continue;
    DecideAtOnce(group, block(begin - kBlock), proposals, next, &questions);
    adjacency_.Sift(asked_before, &questions.lookup);
    asked_before = questions.lookup.size();
  }
  adjacency_.Search(&questions.lookup);
  Decide(questions, next);
  DrawInstead(group, memory, next);
}

void Node2vecStep::SetBackAreas(const RetryGroup& group, Memory* memory) const {
  const int active = group.active;
  for (int i = 0; i < active; ++i) {
    memory[i].tries = Choose(group.fresh[i], 0, memory[i].tries) + 1;
  }
  if (find_backs_) {
    FindBackAreas(group, memory);
    return;
  }
  for (int i = 0; i < active; ++i) {
    memory[i].back_area = group.previous[i] == kWalkEnd ? 0 : back_area_;
  }
}

// For those that have moved.
void Node2vecStep::FindBackAreas(const RetryGroup& group,
                                 Memory* memory) const {
  Questions moved;
  for (int i = 0; i < group.active; ++i) {
    if (!group.fresh[i]) continue;
    memory[i].back_area = 0;
    if (group.previous[i] == kWalkEnd) continue;
    moved.walker[moved.lookup.size()] = i;
    moved.lookup.Add(true, group.current[i], group.previous[i]);
  }
  adjacency_.Ask(&moved.lookup);
  adjacency_.Search(&moved.lookup);
  for (int k = 0; k < moved.lookup.size(); ++k) {
    if (moved.lookup.arc(k) == Adjacency::kNoArc) continue;
    memory[moved.walker[k]].back_area = back_area_;
  }
}

void Node2vecStep::Propose(const RetryGroup& group, Block block,
                           const Memory* memory, Proposals* proposals) const {
  for (int i = block.begin; i < block.end; ++i) {
    const bool starts = group.previous[i] == kWalkEnd;
    const uint64_t* row = rows_ + group.current[i];
    const uint64_t* back_row =
        rows_ + Choose(starts, group.current[i], group.previous[i]);
    const uint64_t degree = row[1] - row[0];
    const uint64_t back_degree = back_row[1] - back_row[0];
    proposals->arc[i] = kNone;
    if (degree == 0) continue;
    const bool by_back = accepts_near_ & (back_degree < degree);
    const auto shorter = static_cast<double>(
        static_cast<int64_t>(Choose64(by_back, back_degree, degree)));
    const auto area = static_cast<double>(static_cast<int64_t>(degree));
    const double rest = starts ? 0 : shorter * rest_;
    const double back = memory[i].back_area;
    const double place =
        group.try_words(i)[0] * 0x1.0p-32 * (area + rest + back) - back;
    const bool asks = place >= area;
    // Both, for a branch would be a toss-up. The absolute value concerns only
    // the one that is not chosen, which must fit an integer all the same.
    const double asking =
        std::min(std::abs(place - area) * per_rest_, shorter - 1);
    const auto slot = Choose64(
        asks, static_cast<uint64_t>(static_cast<int64_t>(asking)),
        static_cast<uint64_t>(static_cast<int64_t>(std::max(place, 0.0))));
    proposals->arc[i] = Choose64(asks & by_back, back_row[0], row[0]) + slot;
    proposals->returns[i] = place < 0;
    proposals->asks[i] = asks;
    proposals->of_previous[i] = by_back;
  }
  // A loop of its own, here and elsewhere: where a request waits for the page
  // table, all that a processor can look ahead is the next requests.
  for (int i = block.begin; i < block.end; ++i) {
    const uint64_t arc = proposals->arc[i];
    if (arc != kNone) __builtin_prefetch(targets_ + arc);
  }
}

void Node2vecStep::DecideAtOnce(const RetryGroup& group, Block block,
                                const Proposals& proposals, uint32_t* next,
                                Questions* questions) const {
  uint32_t targets[kBlock];
  for (int i = block.begin; i < block.end; ++i) {
    targets[i - block.begin] =
        proposals.arc[i] == kNone ? kWalkEnd : targets_[proposals.arc[i]];
  }
  for (int i = block.begin; i < block.end; ++i) {
    next[i] = kWalkEnd;
    if (proposals.arc[i] == kNone) continue;
    const uint32_t current = group.current[i];
    const uint32_t previous = group.previous[i];
    const uint32_t target = targets[i - block.begin];
    const bool returns = proposals.returns[i];
    const bool asks = proposals.asks[i];
    const bool accepted =
        (asks == false) & (returns | (target != previous) |
                           (group.try_words(i)[1] < back_limit_));
    next[i] = Choose(accepted, Choose(returns, previous, target), kWalkStay);
    questions->walker[questions->lookup.size()] = i;
    questions->lookup.Add(asks & (target != previous),
                          Choose(proposals.of_previous[i], current, previous),
                          target);
  }
  adjacency_.Ask(&questions->lookup);
  for (int i = block.begin; i < block.end; ++i) {
    PrefetchRow(rows_, Choose(next[i] < kWalkStay, next[i], group.current[i]));
  }
}

void Node2vecStep::Decide(const Questions& questions, uint32_t* next) const {
  const Adjacency::Lookup& lookup = questions.lookup;
  for (int k = 0; k < lookup.size(); ++k) {
    const bool near = lookup.arc(k) != Adjacency::kNoArc;
    if (near != accepts_near_) continue;
    next[questions.walker[k]] = lookup.to(k);
    PrefetchRow(rows_, lookup.to(k));
  }
}

// Walkers that have tried as often as their row has arcs draw from its exact
// weights.
void Node2vecStep::DrawInstead(const RetryGroup& group, const Memory* memory,
                               uint32_t* next) const {
  for (int i = 0; i < group.active; ++i) {
    if (memory[i].tries <= kMinTries) continue;
    const uint32_t current = group.current[i];
    const uint64_t degree = rows_[current + uint64_t{1}] - rows_[current];
    if (memory[i].tries <= degree) continue;
    next[i] = DrawFromRow(
        SecondOrderRow{rows_, targets_, group.previous[i], current}, adjacency_,
        bias_, [](uint64_t) { return 1.0; }, group.try_words(i));
  }
}

}  // namespace embed
