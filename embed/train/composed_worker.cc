#include "embed/train/composed_worker.h"

namespace embed {

ComposedWorker::ComposedWorker(const WindowSetup* setup,
                               const StepGatherer* gatherer, uint64_t stride)
    : BlockWorker(setup->NewSampler(gatherer->negatives_per())),
      gatherer_(gatherer),
      stride_(stride),
      step_(GetComposedStep()),
      buffers_(stride) {}

uint64_t ComposedWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  const size_t ahead = gatherer_->prefetch_ahead();
  for (size_t i = 0; i < ahead; ++i) {
    gatherer_->NewRows(block, i, &next_);
    PrefetchRows(next_, stride_);
  }
  for (size_t i = 0; i < block.size(); ++i) {
    gatherer_->NewRows(block, i + ahead, &next_);
    PrefetchRows(next_, stride_);
    const uint64_t added = gatherer_->Gather(block, i, &rows_);
    if (added == 0) continue;
    const ComposedStep step = {rows_.inputs.data(),
                               static_cast<int>(rows_.num_inputs),
                               rows_.scale,
                               rows_.gradient_scale,
                               rows_.targets.rows.data(),
                               rows_.targets.labels.data(),
                               static_cast<int>(rows_.targets.size),
                               stride_,
                               rate};
    step_(step, &buffers_.scratch);
    examples += added;
  }
  return examples;
}

}  // namespace embed
