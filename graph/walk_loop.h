// The loop that advances groups of walkers by any policy of graph/walks.h.
#ifndef EMBED_GRAPH_WALK_LOOP_H_
#define EMBED_GRAPH_WALK_LOOP_H_

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
// They are those of the stream kWalkSteps of the walk, in order. Some may be
// left over at the end, which is faster than making a number that is not round.
inline void RefillWords(const WalkTask& task, uint64_t used,
                        WalkerGroup* group) {
  for (int i = 0; i < group->active; ++i) {
    const uint32_t slot = group->slot[i];
    FillRandom(PhiloxStream(task.seed, RandomPurpose::kWalkSteps, task.epoch,
                            task.first + group->walk[slot]),
               static_cast<uint32_t>(used / 4),
               absl::MakeSpan(group->words[slot]));
  }
  group->word = 0;
}

// Moves the walkers to next[]. Those at their end leave the group: their
// length is set, and the last walkers take their places.
inline void MoveWalkers(const uint32_t* next, WalkerGroup* group,
                        uint64_t* lengths) {
  int kept = 0;
  for (int i = 0; i < group->active; ++i) {
    const uint32_t slot = group->slot[i];
    if (next[i] == kWalkEnd) {
      lengths[group->walk[slot]] = group->length;
      continue;
    }
    group->paths[slot][group->length] = next[i];
    group->current[kept] = next[i];
    group->slot[kept] = slot;
    ++kept;
  }
  group->active = kept;
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
  uint32_t next[WalkerGroup::kMaxWalkers];
  const uint64_t words = (task.walk_length - 1) * Step::kWordsPerStep;
  for (uint64_t used = 0; used < words && group.active > 0;
       used += Step::kWordsPerStep, group.word += Step::kWordsPerStep) {
    if (used % WalkerGroup::kWords == 0) {
      RefillWords(task, used, &group);
    }
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
