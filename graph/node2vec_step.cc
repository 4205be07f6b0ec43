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
  Proposals proposals;
  Questions questions;
  SetBackAreas(group, memory);
  Propose(group, memory, &proposals);
  DecideAtOnce(group, proposals, next, &questions);
  Decide(questions, next);
  const int active = group.active;
  for (int i = 0; i < active; ++i) {
    const uint32_t current = group.current[i];
    const uint64_t degree = rows_[current + uint64_t{1}] - rows_[current];
    if (memory[i].tries > kMinTries && memory[i].tries > degree) {
      next[i] = DrawFromRow(
          SecondOrderRow{rows_, targets_, group.previous[i], current},
          adjacency_, bias_, [](uint64_t) { return 1.0; }, group.try_words(i));
    }
    PrefetchRow(rows_, Choose(next[i] < kWalkStay, next[i], current));
  }
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
    moved.walker[moved.count] = i;
    moved.from[moved.count] = group.current[i];
    moved.to[moved.count] = group.previous[i];
    ++moved.count;
  }
  uint64_t arcs[RetryGroup::kMaxWalkers];
  adjacency_.Find(moved.from, moved.to, moved.count, arcs);
  for (int k = 0; k < moved.count; ++k) {
    if (arcs[k] == Adjacency::kNoArc) continue;
    memory[moved.walker[k]].back_area = back_area_;
  }
}

void Node2vecStep::Propose(const RetryGroup& group, const Memory* memory,
                           Proposals* proposals) const {
  const int active = group.active;
  for (int i = 0; i < active; ++i) {
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
    const double slot = asks ? std::min((place - area) * per_rest_, shorter - 1)
                             : std::max(place, 0.0);
    proposals->arc[i] = Choose64(asks & by_back, back_row[0], row[0]) +
                        static_cast<uint64_t>(static_cast<int64_t>(slot));
    proposals->returns[i] = place < 0;
    proposals->asks[i] = asks;
    proposals->of_previous[i] = by_back;
    __builtin_prefetch(targets_ + proposals->arc[i]);
  }
}

void Node2vecStep::DecideAtOnce(const RetryGroup& group,
                                const Proposals& proposals, uint32_t* next,
                                Questions* questions) const {
  const int active = group.active;
  int count = 0;
  for (int i = 0; i < active; ++i) {
    next[i] = kWalkEnd;
    if (proposals.arc[i] == kNone) continue;
    const uint32_t current = group.current[i];
    const uint32_t previous = group.previous[i];
    const uint32_t target = targets_[proposals.arc[i]];
    const bool returns = proposals.returns[i];
    const bool asks = proposals.asks[i];
    const bool accepted =
        (asks == false) & (returns | (target != previous) |
                           (group.try_words(i)[1] < back_limit_));
    next[i] = Choose(accepted, Choose(returns, previous, target), kWalkStay);
    questions->walker[count] = i;
    questions->from[count] =
        Choose(proposals.of_previous[i], current, previous);
    questions->to[count] = target;
    count += asks & (target != previous);
  }
  questions->count = count;
}

void Node2vecStep::Decide(const Questions& questions, uint32_t* next) const {
  uint64_t arcs[RetryGroup::kMaxWalkers];
  adjacency_.Find(questions.from, questions.to, questions.count, arcs);
  for (int k = 0; k < questions.count; ++k) {
    const bool near = arcs[k] != Adjacency::kNoArc;
    next[questions.walker[k]] =
        Choose(near == accepts_near_, questions.to[k], kWalkStay);
  }
}

}  // namespace embed
