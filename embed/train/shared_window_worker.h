// Skip-gram in the direction context -> center, negatives shared by the
// contexts of several consecutive centers. Internal to SkipGram.
#ifndef EMBED_TRAIN_SHARED_WINDOW_WORKER_H_
#define EMBED_TRAIN_SHARED_WINDOW_WORKER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "embed/model/embedding_table.h"
#include "embed/train/block_worker.h"
#include "embed/train/group_steps.h"
#include "embed/train/window_setup.h"

namespace embed {

// A group is setup->share_negatives() centers, fewer at the end of a sequence.
class SharedWindowWorker : public BlockWorker {
 public:
  // All must outlive this.
  SharedWindowWorker(const WindowSetup* setup, EmbeddingTable* input,
                     EmbeddingTable* output);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return steps_.TakeLoss(); }

 private:
  // One past the last center of the group that begins with center `first`.
  size_t EndOfGroup(const WindowBlock& block, size_t first) const;
  // Asks for the pages of the centers up to `end`, and of some more.
  void AskForPagesUpTo(const WindowBlock& block, size_t end);

  const size_t window_;
  const size_t centers_;  // of a group
  const OutputLayer& layer_;
  const EmbeddingTable* const input_;
  const size_t page_batch_;
  size_t asked_ = 0;  // centers of the block whose pages have been asked for
  std::vector<const float*> rows_;
  GroupSteps steps_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SHARED_WINDOW_WORKER_H_
