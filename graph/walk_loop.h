// The loop that advances groups of walkers by any policy of graph/walks.h.
#ifndef EMBED_GRAPH_WALK_LOOP_H_
#define EMBED_GRAPH_WALK_LOOP_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/check.h"
#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/sequence_source.h"
#include "graph/graph.h"
#include "graph/walk_source.h"
#include "graph/walks.h"

namespace embed {

// Makes the next kWords random words of each walker, after the `used` ones.
// They are those of the stream kWalkSteps of the walk, in order.
inline void RefillWords(const WalkTask& task, uint64_t used,
                        WalkerGroup* group) {
  uint64_t sequences[WalkerGroup::kMaxWalkers] = {};
  for (int i = 0; i < group->active; ++i) {
    const uint32_t slot = group->slot[i];
    sequences[slot] = task.first + group->walk[slot];
  }
  const size_t slots =
      group->active == 0 ? 0 : group->slot[group->active - 1] + size_t{1};
  const PhiloxStream stream(task.seed, RandomPurpose::kWalkSteps, task.epoch,
                            0);
  for (uint32_t word = 0; word < WalkerGroup::kWords; word += 4) {
    FillRandomOfStreams(stream, static_cast<uint32_t>(used / 4) + word / 4,
                        absl::MakeConstSpan(sequences, slots),
                        WalkerGroup::kMaxWalkers, group->words[word]);
  }
  group->word = 0;
}

// Takes the walkers whose next[] is kWalkEnd out of the group: their length is
// set, and the walkers behind them move up, with what belongs to them.
inline void RemoveEnded(uint32_t* next, WalkerGroup* group, uint64_t* lengths) {
  int kept = 0;
  for (int i = 0; i < group->active; ++i) {
    if (next[i] == kWalkEnd) {
      lengths[group->walk[i]] = group->length;
      continue;
    }
    next[kept] = next[i];
    group->walk[kept] = group->walk[i];
    group->paths[kept] = group->paths[i];
    for (auto& words : group->words) words[kept] = words[i];
    ++kept;
  }
  group->active = kept;
}

// Moves the walkers, whose slots are their places, to next[].
inline void MoveWalkers(uint32_t* next, WalkerGroup* group, uint64_t* lengths) {
  const uint64_t length = group->length;
  const int active = group->active;
  bool any_ended = false;
  for (int i = 0; i < active; ++i) {
    const uint32_t node = next[i];
    group->paths[i][length] = node;
    any_ended |= node == kWalkEnd;
  }
  if (any_ended) RemoveEnded(next, group, lengths);
  std::copy_n(next, WalkerGroup::kMaxWalkers, group->current);
  ++group->length;
}

// Walks of one task as they are made: each has room for its whole length.
class WalkPaths {
 public:
  WalkPaths(const WalkTask& task, SequenceBatch* batch)
      : stride_(task.walk_length),
        begin_(batch->ids.size()),
        batch_(batch),
        lengths_(task.starts.size(), task.walk_length) {
    batch->ids.resize(begin_ + task.starts.size() * stride_);
  }

  uint32_t* path(uint64_t walk) {
    return batch_->ids.data() + begin_ + walk * stride_;
  }
  // The vertices of each walk, to be set where it is cut short.
  uint64_t* lengths() { return lengths_.data(); }

  // Ends the sequences, closing the gaps that short walks leave.
  void Close() {
    uint64_t end = begin_;
    for (size_t walk = 0; walk < lengths_.size(); ++walk) {
      uint32_t* const target = batch_->ids.data() + end;
      if (path(walk) != target) {
        std::memmove(target, path(walk), lengths_[walk] * sizeof(uint32_t));
      }
      end += lengths_[walk];
      batch_->ends.push_back(static_cast<uint32_t>(end));
    }
    batch_->ids.resize(end);
  }

 private:
  uint64_t stride_;
  uint64_t begin_;
  SequenceBatch* batch_;
  std::vector<uint64_t> lengths_;
};

// Makes the walks of `task` that `walks` names, 1 .. kMaxWalkers.
template <class Step>
void WalkTogether(const Step& step, const WalkTask& task,
                  absl::Span<const uint32_t> walks, WalkPaths* paths) {
  static_assert(WalkerGroup::kWords % Step::kWordsPerStep == 0 &&
                WalkerGroup::kWords % 4 == 0);
  EMBED_DCHECK(walks.size() <= WalkerGroup::kMaxWalkers);
  WalkerGroup group;
  group.active = static_cast<int>(walks.size());
  group.length = 1;
  for (uint32_t i = 0; i < walks.size(); ++i) {
    group.slot[i] = i;
    group.walk[i] = walks[i];
    group.paths[i] = paths->path(walks[i]);
    group.current[i] = task.starts[walks[i]];
  }
  uint32_t next[WalkerGroup::kMaxWalkers] = {};
  const uint64_t words = (task.walk_length - 1) * Step::kWordsPerStep;
  for (uint64_t used = 0; used < words && group.active > 0;
       used += Step::kWordsPerStep, group.word += Step::kWordsPerStep) {
    if (used % WalkerGroup::kWords == 0) RefillWords(task, used, &group);
    step.Advance(group, next);
    MoveWalkers(next, &group, paths->lengths());
  }
}

// Starts the walks of the task, and ends those from nodes that no arc leaves.
// Returns the numbers of the others, in order.
inline std::vector<uint32_t> StartWalks(const Graph& graph,
                                        const WalkTask& task,
                                        WalkPaths* paths) {
  constexpr size_t kAhead = 16;  // rows asked for before they are looked at
  std::vector<uint32_t> going;
  going.reserve(task.starts.size());
  for (size_t walk = 0; walk < task.starts.size(); ++walk) {
    if (walk + kAhead < task.starts.size()) {
      __builtin_prefetch(graph.rows() + task.starts[walk + kAhead]);
    }
    const uint32_t start = task.starts[walk];
    *paths->path(walk) = start;
    if (graph.Degree(start) > 0) {
      going.push_back(static_cast<uint32_t>(walk));
    } else {
      paths->lengths()[walk] = 1;
    }
  }
  return going;
}

// Appends the walks of the task to the batch, in groups of about the same size.
template <class Step>
void MakeWalks(const Step& step, const Graph& graph, const WalkTask& task,
               SequenceBatch* batch) {
  constexpr size_t kMost = WalkerGroup::kMaxWalkers;
  WalkPaths paths(task, batch);
  const std::vector<uint32_t> walks = StartWalks(graph, task, &paths);
  const size_t groups = (walks.size() + kMost - 1) / kMost;
  for (size_t i = 0; i < groups; ++i) {
    const size_t begin = walks.size() * i / groups;
    const size_t end = walks.size() * (i + 1) / groups;
    WalkTogether(step, task,
                 absl::MakeConstSpan(walks).subspan(begin, end - begin),
                 &paths);
  }
  paths.Close();
}

}  // namespace embed

#endif  // EMBED_GRAPH_WALK_LOOP_H_
