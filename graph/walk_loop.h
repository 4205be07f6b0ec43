// The loop that advances a group of walkers by any policy of graph/walks.h.
#ifndef EMBED_GRAPH_WALK_LOOP_H_
#define EMBED_GRAPH_WALK_LOOP_H_

#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "embed/base/check.h"
#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/sequence_source.h"
#include "graph/walks.h"

namespace embed {

// Which walks a group makes: walk first + i of `epoch` starts at starts[i].
struct WalkTask {
  uint64_t seed;
  uint32_t epoch;
  uint64_t first;
  absl::Span<const uint32_t> starts;  // 1 .. WalkerGroup::kMaxWalkers
  uint64_t walk_length;
};

// Makes the next kWords random words of each walker, after the `used` ones.
// They are those of the stream kWalkSteps of the walk, in order. Some may be
// left over at the end, which is faster than making a number that is not round.
inline void RefillWords(const WalkTask& task, uint64_t used,
                        WalkerGroup* group) {
  for (int i = 0; i < group->active; ++i) {
    const uint32_t slot = group->slot[i];
    FillRandom(PhiloxStream(task.seed, RandomPurpose::kWalkSteps, task.epoch,
                            task.first + slot),
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
      lengths[slot] = group->length;
      continue;
    }
    group->paths[slot * group->stride + group->length] = next[i];
    group->current[kept] = next[i];
    group->slot[kept] = slot;
    ++kept;
  }
  group->active = kept;
  ++group->length;
}

// Ends the sequences of walks that lie `stride` apart, closing the gaps that
// short ones leave; the first begins at ids[begin].
inline void ClosePaths(uint64_t begin, uint64_t stride,
                       absl::Span<const uint64_t> lengths,
                       SequenceBatch* batch) {
  uint64_t end = begin;
  for (size_t i = 0; i < lengths.size(); ++i) {
    uint32_t* const ids = batch->ids.data();
    const uint64_t place = begin + i * stride;
    if (place != end) {
      std::memmove(ids + end, ids + place, lengths[i] * sizeof(uint32_t));
    }
    end += lengths[i];
    batch->ends.push_back(static_cast<uint32_t>(end));
  }
  batch->ids.resize(end);
}

// Appends the walks of the task to the batch.
template <class Step>
void WalkTogether(const Step& step, const WalkTask& task,
                  SequenceBatch* batch) {
  static_assert(WalkerGroup::kWords % Step::kWordsPerStep == 0 &&
                WalkerGroup::kWords % 4 == 0);
  EMBED_DCHECK(task.starts.size() <= WalkerGroup::kMaxWalkers);
  const uint64_t begin = batch->ids.size();
  batch->ids.resize(begin + task.starts.size() * task.walk_length);

  WalkerGroup group;
  group.active = static_cast<int>(task.starts.size());
  group.paths = batch->ids.data() + begin;
  group.stride = task.walk_length;
  group.length = 1;
  uint64_t lengths[WalkerGroup::kMaxWalkers];
  for (int i = 0; i < group.active; ++i) {
    group.current[i] = group.paths[i * group.stride] = task.starts[i];
    group.slot[i] = static_cast<uint32_t>(i);
    lengths[i] = task.walk_length;
  }

  uint32_t next[WalkerGroup::kMaxWalkers];
  const uint64_t words = (task.walk_length - 1) * Step::kWordsPerStep;
  for (uint64_t used = 0; used < words && group.active > 0;
       used += Step::kWordsPerStep, group.word += Step::kWordsPerStep) {
    if (used % WalkerGroup::kWords == 0) {
      RefillWords(task, used, &group);
    }
    step.Advance(group, next);
    MoveWalkers(next, &group, lengths);
  }
  ClosePaths(begin, task.walk_length,
             absl::MakeConstSpan(lengths, task.starts.size()), batch);
}

}  // namespace embed

#endif  // EMBED_GRAPH_WALK_LOOP_H_
