#include "embed/train/composed_worker.h"

namespace embed {

ComposedWorker::ComposedWorker(const WindowSetup* setup,
                               const StepGatherer* gatherer, uint64_t stride)
    : GatheredWorker(setup, gatherer, stride),
      step_(GetComposedStep()),
      buffers_(stride) {}

void ComposedWorker::Step(float rate) {
  const ComposedStep step = {rows_.inputs.data(),
                             static_cast<int>(rows_.num_inputs),
                             rows_.scale,
                             rows_.gradient_scale,
                             rows_.targets.rows.data(),
                             rows_.targets.labels.data(),
                             static_cast<int>(rows_.targets.size),
                             stride_,
                             rate,
                             next_.data(),
                             static_cast<int>(next_.size())};
  step_(step, &buffers_.scratch);
}

}  // namespace embed
