// Skip-gram in the direction center -> context, the center's vector composed of
// feature rows, fresh negatives for each pair. Internal to SkipGram.
#ifndef EMBED_TRAIN_COMPOSED_WORKER_H_
#define EMBED_TRAIN_COMPOSED_WORKER_H_

#include <cstdint>
#include <vector>

#include "embed/kernels/composed_step.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"
#include "embed/train/block_worker.h"
#include "embed/train/composed_buffers.h"
#include "embed/train/window_setup.h"

namespace embed {

class ComposedWorker : public BlockWorker {
 public:
  // All must outlive this.
  ComposedWorker(const WindowSetup* setup, const FeatureMap* features,
                 EmbeddingTable* input);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return buffers_.scratch.loss.Take(); }

 private:
  // Asks for the rows that center i will need.
  void Prefetch(const WindowBlock& block, size_t i) const;
  // Fills feature_rows_ and targets_ for center i; returns its number of
  // contexts, 0 when it has no context or no features.
  uint64_t Gather(const WindowBlock& block, size_t i);

  const size_t negatives_;
  const OutputLayer& layer_;
  const FeatureMap* const features_;
  EmbeddingTable* const input_;
  const ComposedStepFunction step_;
  // Rows for one center.
  std::vector<float*> feature_rows_;
  Targets targets_;
  ComposedBuffers buffers_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_COMPOSED_WORKER_H_
