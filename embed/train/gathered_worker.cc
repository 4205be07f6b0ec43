#include "embed/train/gathered_worker.h"

namespace embed {

GatheredWorker::GatheredWorker(const WindowSetup* setup,
                               const StepGatherer* gatherer, uint64_t stride)
    : BlockWorker(setup->NewSampler(gatherer->negatives_per())),
      stride_(stride),
      gatherer_(gatherer) {}

uint64_t GatheredWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  const size_t ahead = gatherer_->prefetch_ahead();
  for (size_t i = 0; i < ahead; ++i) {
    gatherer_->NewRows(block, i, &next_);
    PrefetchRows(next_, stride_);
  }
  for (size_t i = 0; i < block.size(); ++i) {
    gatherer_->NewRows(block, i + ahead, &next_);
    const uint64_t added = gatherer_->Gather(block, i, &rows_);
    if (added == 0) continue;
    Step(rate);
    examples += added;
  }
  return examples;
}

}  // namespace embed
