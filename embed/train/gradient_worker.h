// Trains with any optimiser: of each step it forms the gradients of all rows,
// from the rows as they are, before it moves one. Serves every objective over
// windows; plain SGD has faster workers. Internal to the objectives.
#ifndef EMBED_TRAIN_GRADIENT_WORKER_H_
#define EMBED_TRAIN_GRADIENT_WORKER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/kernels/gradient_step.h"
#include "embed/train/gathered_worker.h"
#include "embed/train/optimizer.h"
#include "embed/train/window_setup.h"

namespace embed {

class GradientWorker : public GatheredWorker {
 public:
  // stride: floats in a row. All must outlive this.
  GradientWorker(const WindowSetup* setup, const StepGatherer* gatherer,
                 uint64_t stride, TableOptimizers* optimizers);

  double TakeLoss() override { return loss_.Take(); }

 private:
  // Floats, 64-byte aligned, that grow to the largest size asked for.
  class Floats {
   public:
    float* Get(size_t count);

   private:
    AlignedBuffer buffer_;
  };

  void Step(float rate) override;
  void PrefetchAccumulators() const;
  // The errors of `num_inputs` inputs and all targets of rows_.
  const float* Errors(const float* const* inputs, size_t num_inputs);
  void StepComposed(float rate);
  void StepSeparate(float rate);

  TableOptimizers* const optimizers_;
  const GradientKernels kernels_;
  LossSum loss_;
  Floats errors_;
  Floats sums_;  // gradients being formed, rows of stride_ floats
  std::vector<float> squared_norms_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_GRADIENT_WORKER_H_
