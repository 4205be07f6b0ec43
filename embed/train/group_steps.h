// Trains groups of pairs one after the other, asking for the rows of a group
// some groups before it is its turn. Internal to the skip-gram workers.
#ifndef EMBED_TRAIN_GROUP_STEPS_H_
#define EMBED_TRAIN_GROUP_STEPS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/window_step.h"
#include "embed/model/embedding_table.h"
#include "embed/train/pair_group.h"

namespace embed {

// Of one thread.
class GroupSteps {
 public:
  // The most pairs and negatives of a group. The tables must outlive this.
  GroupSteps(size_t max_pairs, size_t max_negatives, EmbeddingTable* input,
             EmbeddingTable* output);

  // The place of the next group, to be built there.
  PairGroup* Next() { return &ring_[end_ % ring_.size()].group; }
  // Takes the group that was built in Next() and trains one that waits.
  void Push(float rate);
  // Trains all that still wait.
  void Finish();

  // The loss summed since the last call.
  double TakeLoss() { return scratch_.loss.Take(); }

 private:
  // Groups between asking for rows and using them, so that the work on the
  // former hides the memory access.
  static constexpr size_t kAhead = 2;

  struct Waiting {
    PairGroup group;
    float rate;
  };

  void TrainOldest(absl::Span<const float* const> next);

  const WindowStepFunction step_;
  const uint64_t stride_;
  std::vector<Waiting> ring_;  // kAhead + 1 places
  size_t begin_ = 0;           // groups trained, and pushed, so far
  size_t end_ = 0;
  AlignedBuffer scores_;
  WindowScratch scratch_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_GROUP_STEPS_H_
