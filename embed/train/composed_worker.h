// Plain SGD on steps with one composed input, for CBOW; skip-gram over features
// has FeatureWorker. Internal to the objectives.
#ifndef EMBED_TRAIN_COMPOSED_WORKER_H_
#define EMBED_TRAIN_COMPOSED_WORKER_H_

#include <cstdint>

#include "embed/kernels/composed_step.h"
#include "embed/train/composed_buffers.h"
#include "embed/train/gathered_worker.h"
#include "embed/train/window_setup.h"

namespace embed {

class ComposedWorker : public GatheredWorker {
 public:
  // stride: floats in a row. All must outlive this.
  ComposedWorker(const WindowSetup* setup, const StepGatherer* gatherer,
                 uint64_t stride);

  double TakeLoss() override { return buffers_.scratch.loss.Take(); }

 private:
  void Step(float rate) override;

  const ComposedStepFunction step_;
  ComposedBuffers buffers_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_COMPOSED_WORKER_H_
