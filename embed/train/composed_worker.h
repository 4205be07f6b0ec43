// Plain SGD on steps with one composed input: skip-gram over features, CBOW.
// Internal to the objectives.
#ifndef EMBED_TRAIN_COMPOSED_WORKER_H_
#define EMBED_TRAIN_COMPOSED_WORKER_H_

#include <cstdint>
#include <vector>

#include "embed/kernels/composed_step.h"
#include "embed/train/block_worker.h"
#include "embed/train/composed_buffers.h"
#include "embed/train/step_rows.h"
#include "embed/train/window_setup.h"

namespace embed {

class ComposedWorker : public BlockWorker {
 public:
  // stride: floats in a row. All must outlive this.
  ComposedWorker(const WindowSetup* setup, const StepGatherer* gatherer,
                 uint64_t stride);

  uint64_t TrainBlock(const WindowBlock& block, float rate) override;
  double TakeLoss() override { return buffers_.scratch.loss.Take(); }

 private:
  const StepGatherer* const gatherer_;
  const uint64_t stride_;
  const ComposedStepFunction step_;
  StepRows rows_;  // of one center
  std::vector<const float*> next_;
  ComposedBuffers buffers_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_COMPOSED_WORKER_H_
