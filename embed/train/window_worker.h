// Skip-gram in the direction context -> center, negatives shared by the
// contexts of a center. Internal to SkipGram.
#ifndef EMBED_TRAIN_WINDOW_WORKER_H_
#define EMBED_TRAIN_WINDOW_WORKER_H_

#include <cstdint>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/window_step.h"
#include "embed/model/embedding_table.h"
#include "embed/train/block_worker.h"
#include "embed/train/window_sampler.h"

namespace embed {

class WindowWorker : public BlockWorker {
 public:
  WindowWorker(const WindowOptions& options, WindowSampler sampler,
               EmbeddingTable* input, EmbeddingTable* output);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return scratch_.loss.Take(); }

 private:
  // Asks for the rows that center i will need.
  void Prefetch(const WindowBlock& block, size_t i) const;
  // Fills contexts_ and targets_ for center i; returns false if it has no
  // context.
  bool Gather(const WindowBlock& block, size_t i);

  const size_t window_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
  const WindowStepFunction step_;
  // Pointers for one center; their sizes are fixed, the counts vary.
  std::vector<float*> contexts_;
  std::vector<float*> targets_;
  std::vector<uint32_t> target_ids_;
  std::vector<float> weights_;
  int num_contexts_ = 0;
  int num_targets_ = 0;
  AlignedBuffer scores_;
  WindowScratch scratch_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_WINDOW_WORKER_H_
