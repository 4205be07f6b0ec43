// Plain SGD of skip-gram over features: the center, composed of its rows once a
// window, predicts each of its contexts. Internal to SkipGram.
#ifndef EMBED_TRAIN_FEATURE_WORKER_H_
#define EMBED_TRAIN_FEATURE_WORKER_H_

#include <cstdint>
#include <vector>

#include "embed/kernels/composed_step.h"
#include "embed/model/embedding_table.h"
#include "embed/train/block_worker.h"
#include "embed/train/composed_buffers.h"
#include "embed/train/hot_rows.h"
#include "embed/train/output_layer.h"
#include "embed/train/window_setup.h"

namespace embed {

class FeatureWorker : public BlockWorker {
 public:
  // All must outlive this.
  FeatureWorker(const WindowSetup* setup, const HotFeatures* features,
                EmbeddingTable* input);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return buffers_.scratch.loss.Take(); }

 private:
  // Replaces next_ by the rows that center i needs and that the centers before
  // it did not; none for i beyond the block.
  void FindNext(const WindowBlock& block, size_t i);
  // One step: center i with the targets found.
  void Step(uint32_t center, float rate);

  const size_t negatives_;
  const bool undivided_;
  const OutputLayer& layer_;
  const HotFeatures* const features_;
  const Compose compose_;
  const uint64_t stride_;
  const ComposedStepFunction step_;
  ComposedBuffers buffers_;
  HotRows rows_;
  std::vector<float*> inputs_;
  Targets targets_;
  std::vector<const float*> next_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_FEATURE_WORKER_H_
