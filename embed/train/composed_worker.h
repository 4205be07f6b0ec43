// Skip-gram in the direction center -> context, the center's vector composed of
// feature rows, fresh negatives for each pair. Internal to SkipGram.
#ifndef EMBED_TRAIN_COMPOSED_WORKER_H_
#define EMBED_TRAIN_COMPOSED_WORKER_H_

#include <cstdint>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/composed_step.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"
#include "embed/train/block_worker.h"
#include "embed/train/window_sampler.h"

namespace embed {

class ComposedWorker : public BlockWorker {
 public:
  ComposedWorker(const WindowOptions& options, WindowSampler sampler,
                 const FeatureMap* features, EmbeddingTable* input,
                 EmbeddingTable* output);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return scratch_.loss.Take(); }

 private:
  // Asks for the rows that center i will need.
  void Prefetch(const WindowBlock& block, size_t i) const;
  // Fills the pointers for center i; returns its number of contexts, 0 when it
  // has no context or no features.
  int Gather(const WindowBlock& block, size_t i);

  const size_t negatives_;
  const FeatureMap* const features_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
  const ComposedStepFunction step_;
  // Pointers for one center.
  std::vector<float*> feature_rows_;
  std::vector<float*> targets_;
  std::vector<float> labels_;
  AlignedBuffer buffer_;
  ComposedScratch scratch_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_COMPOSED_WORKER_H_
