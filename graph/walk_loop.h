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
// They are those of the stream kWalkSteps of the walk, in order. Asks for the
// next part of each path as well, which the walkers all come to at one time.
inline void RefillWords(const WalkTask& task, uint64_t used,
                        WalkerGroup* group) {
  const PhiloxStream stream(task.seed, RandomPurpose::kWalkSteps, task.epoch,
                            0);
  FillRandomOfStreams(
      stream, static_cast<uint32_t>(used / 4), WalkerGroup::kWords / 4,
      absl::MakeConstSpan(group->sequence, static_cast<size_t>(group->active)),
      WalkerGroup::kMaxWalkers, group->words[0]);
  group->word = 0;
  constexpr int kAhead = WalkerGroup::kWords;
  for (int i = 0; i < group->active; ++i) {
    __builtin_prefetch(group->paths[i] + group->length + kAhead, 1);
  }
}

// Takes the walkers of the bits of `ended` out of the group: their length is
// set, and the walkers behind them move up, with what belongs to them.
inline void RemoveEnded(const WalkTask& task, uint64_t ended, uint64_t* arcs,
                        WalkerGroup* group, uint64_t* lengths) {
  int kept = 0;
  for (int i = 0; i < group->active; ++i) {
    if ((ended >> i & 1) != 0) {
      lengths[group->sequence[i] - task.first] = group->length;
      continue;
    }
    arcs[kept] = arcs[i];
    group->current[kept] = group->current[i];
    group->sequence[kept] = group->sequence[i];
    group->paths[kept] = group->paths[i];
    for (auto& words : group->words) words[kept] = words[i];
    ++kept;
  }
  group->active = kept;
}

// Walks of one task as they are made, in a batch without sequences: each has
// room for its whole length.
class WalkPaths {
 public:
  // ids_per_step: how many a walker appends to its path at a step.
  WalkPaths(const WalkTask& task, uint64_t ids_per_step, SequenceBatch* batch)
      : ids_per_step_(ids_per_step),
        stride_(IdsOf(task.walk_length)),
        batch_(batch),
        lengths_(task.starts.size(), task.walk_length) {
    batch->ids.resize(task.starts.size() * stride_);
  }

  uint32_t* path(uint64_t walk) { return batch_->ids.data() + walk * stride_; }
  // The vertices of each walk, to be set where it is cut short.
  uint64_t* lengths() { return lengths_.data(); }

  // Ends the sequences, closing the gaps that short walks leave.
  void Close() {
    uint64_t end = 0;
    for (size_t walk = 0; walk < lengths_.size(); ++walk) {
      const uint64_t ids = IdsOf(lengths_[walk]);
      uint32_t* const target = batch_->ids.data() + end;
      if (path(walk) != target) {
        std::memmove(target, path(walk), ids * sizeof(uint32_t));
      }
      end += ids;
      batch_->ends.push_back(static_cast<uint32_t>(end));
    }
    batch_->ids.resize(end);
  }

 private:
  // Those of a walk of so many vertices.
  uint64_t IdsOf(uint64_t vertices) const {
    return 1 + (vertices - 1) * ids_per_step_;
  }

  uint64_t ids_per_step_;
  uint64_t stride_;
  SequenceBatch* batch_;
  std::vector<uint64_t> lengths_;
};

// Makes the walks of `task` that `walks` names, 1 .. kMaxWalkers.
template <class Step>
void WalkTogether(const Step& step, const WalkTask& task,
                  absl::Span<const uint32_t> walks, WalkPaths* paths) {
  static_assert(WalkerGroup::kWords % Step::kWordsPerStep == 0 &&
                WalkerGroup::kWords % 4 == 0);
  static_assert(WalkerGroup::kMaxWalkers <= 64);  // the bits of `ended`
  EMBED_DCHECK(walks.size() <= WalkerGroup::kMaxWalkers);
  WalkerGroup group;
  group.active = static_cast<int>(walks.size());
  group.length = 1;
  for (uint32_t i = 0; i < walks.size(); ++i) {
    group.sequence[i] = task.first + walks[i];
    group.paths[i] = paths->path(walks[i]);
    group.current[i] = task.starts[walks[i]];
  }
  uint64_t arcs[WalkerGroup::kMaxWalkers];
  const uint64_t words = (task.walk_length - 1) * Step::kWordsPerStep;
  for (uint64_t used = 0; used < words && group.active > 0;
       used += Step::kWordsPerStep, group.word += Step::kWordsPerStep) {
    if (used % WalkerGroup::kWords == 0) RefillWords(task, used, &group);
    const uint64_t ended = step.ChooseArcs(group, arcs);
    if (ended != 0) RemoveEnded(task, ended, arcs, &group, paths->lengths());
    step.FollowArcs(arcs, &group);
    ++group.length;
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

// Makes the walks of the task, in groups of about the same size.
template <class Step>
void MakeWalks(const Step& step, const Graph& graph, const WalkTask& task,
               SequenceBatch* batch) {
  constexpr size_t kMost = WalkerGroup::kMaxWalkers;
  WalkPaths paths(task, Step::kIdsPerStep, batch);
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
