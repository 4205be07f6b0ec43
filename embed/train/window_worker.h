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
#include "embed/train/window_setup.h"

namespace embed {

class WindowWorker : public BlockWorker {
 public:
  // Both must outlive this.
  WindowWorker(const WindowSetup* setup, EmbeddingTable* input);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return scratch_.loss.Take(); }

 private:
  const size_t window_;
  const OutputLayer& layer_;
  EmbeddingTable* const input_;
  const size_t page_batch_;
  const WindowStepFunction step_;
  // Rows for one center.
  std::vector<float*> contexts_;
  Targets targets_;
  std::vector<const float*> next_;
  AlignedBuffer scores_;
  WindowScratch scratch_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_WINDOW_WORKER_H_
