// The loop of walks whose steps are drawn by rejection: at any time some of a
// group's walkers have found their next vertex and others try again, so each
// has its own length and its own place in its random words. A walker that has
// ended takes up the next walk of the task, which keeps the group full.
//
// A policy for it is any class with
//
//     static constexpr int kWordsPerTry;  // random words a try takes: 1, 2,
//                                         // 4 or 8
//     struct Memory;  // what it keeps for each walker from try to try
//     void Try(const RetryGroup& group, Memory* memory, uint32_t* next) const;
//
// where Try() sets next[i] for i < group.active to the vertex that walker i
// steps to, kWalkEnd, or kWalkStay: not yet. memory[i] belongs to walker i;
// group.fresh[i] tells that it has just moved. Immutable and thread-safe.
#ifndef EMBED_GRAPH_RETRY_LOOP_H_
#define EMBED_GRAPH_RETRY_LOOP_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/sequence_source.h"
#include "graph/walk_loop.h"
#include "graph/walk_source.h"
#include "graph/walks.h"

namespace embed {

constexpr uint32_t kWalkEnd = 0xFFFFFFFF;   // a dead end
constexpr uint32_t kWalkStay = 0xFFFFFFFE;  // no step yet

struct RetryGroup {
  // Many: some walkers of a group search a row, whose misses come one after
  // the other while all others wait.
  static constexpr int kMaxWalkers = 256;
  static constexpr int kWords = 64;  // random words a walker has at a time

  // The random words of walker i for its next try.
  const uint32_t* try_words(int i) const { return &words[i][word[i]]; }

  int active = 0;                  // walkers: 0 .. active - 1
  uint32_t current[kMaxWalkers];   // the vertex where each is
  uint32_t previous[kMaxWalkers];  // the one before; kWalkEnd at the start
  bool fresh[kMaxWalkers];         // moved, or started, since the last try
  uint32_t length[kMaxWalkers];    // vertices visited
  uint64_t walk[kMaxWalkers];      // the walk of the task that it makes
  uint32_t* path[kMaxWalkers];     // where its vertices go
  uint32_t word[kMaxWalkers];      // its next word of words[]
  uint32_t block[kMaxWalkers];     // of its stream, the next to draw
  uint32_t words[kMaxWalkers][kWords];

  // Walker `source` becomes walker `target`.
  void MoveTo(int source, int target) {
    current[target] = current[source];
    previous[target] = previous[source];
    fresh[target] = fresh[source];
    length[target] = length[source];
    walk[target] = walk[source];
    path[target] = path[source];
    word[target] = word[source];
    block[target] = block[source];
    std::copy_n(words[source], kWords, words[target]);
  }
};

// Makes the walks of one task with a policy.
template <class Step>
class RetryLoop {
 public:
  // Makes the walks of the task; any number of starts.
  static void Run(const Step& step, const Graph& graph, const WalkTask& task,
                  SequenceBatch* batch) {
    WalkPaths paths(task, /*ids_per_step=*/1, batch);
    RetryLoop loop(graph, task, &paths);
    uint32_t next[RetryGroup::kMaxWalkers];
    typename Step::Memory memory[RetryGroup::kMaxWalkers];
    while (loop.group_.active > 0) {
      loop.Refill();
      step.Try(loop.group_, memory, next);
      loop.Move(next, memory);
    }
    paths.Close();
  }

 private:
  static_assert(RetryGroup::kWords % Step::kWordsPerTry == 0 &&
                RetryGroup::kWords % 4 == 0);

  RetryLoop(const Graph& graph, const WalkTask& task, WalkPaths* paths)
      : task_(task), paths_(paths), walks_(StartWalks(graph, task, paths)) {
    while (group_.active < RetryGroup::kMaxWalkers && Start(group_.active)) {
      ++group_.active;
    }
  }

  // Walker i takes up the next walk. False: none is left.
  bool Start(int i) {
    if (started_ == walks_.size()) return false;
    const uint32_t walk = walks_[started_];
    group_.walk[i] = walk;
    group_.path[i] = paths_->path(walk);
    group_.current[i] = task_.starts[walk];
    group_.previous[i] = kWalkEnd;
    group_.fresh[i] = true;
    group_.length[i] = 1;
    group_.word[i] = RetryGroup::kWords;
    group_.block[i] = 0;
    ++started_;
    return true;
  }

  // Makes new words for those walkers that have used theirs.
  void Refill() {
    for (int i = 0; i < group_.active; ++i) {
      if (group_.word[i] < RetryGroup::kWords) continue;
      FillRandom(PhiloxStream(task_.seed, RandomPurpose::kWalkSteps,
                              task_.epoch, task_.first + group_.walk[i]),
                 group_.block[i], absl::MakeSpan(group_.words[i]));
      group_.block[i] += RetryGroup::kWords / 4;
      group_.word[i] = 0;
    }
  }

  // Every walker writes its next place; its length tells whether that counts.
  void Move(const uint32_t* next, typename Step::Memory* memory) {
    bool any_ended = false;
    for (int i = 0; i < group_.active; ++i) {
      const bool moved = next[i] < kWalkStay;
      const uint32_t length = group_.length[i];
      const uint32_t current = group_.current[i];
      group_.path[i][length] = next[i];
      group_.previous[i] = Choose(moved, current, group_.previous[i]);
      group_.current[i] = Choose(moved, next[i], current);
      group_.fresh[i] = moved;
      group_.length[i] = length + moved;
      group_.word[i] += Step::kWordsPerTry;
      any_ended |= Ended(i, next[i]);
    }
    if (any_ended) Replace(next, memory);
  }

  bool Ended(int i, uint32_t next) const {
    return next == kWalkEnd || group_.length[i] == task_.walk_length;
  }

  // From the last walker to the first, so that one that takes the place of
  // another has been looked at.
  void Replace(const uint32_t* next, typename Step::Memory* memory) {
    for (int i = group_.active - 1; i >= 0; --i) {
      if (!Ended(i, next[i])) continue;
      paths_->lengths()[group_.walk[i]] = group_.length[i];
      if (Start(i)) continue;
      const int last = --group_.active;
      group_.MoveTo(last, i);
      memory[i] = memory[last];
    }
  }

  const WalkTask& task_;
  WalkPaths* const paths_;
  const std::vector<uint32_t> walks_;  // those that take steps
  size_t started_ = 0;                 // of them
  RetryGroup group_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_RETRY_LOOP_H_
