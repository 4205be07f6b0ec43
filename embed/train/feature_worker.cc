#include "embed/train/feature_worker.h"

#include "embed/train/step_rows.h"

namespace embed {

FeatureWorker::FeatureWorker(const WindowSetup* setup,
                             const HotFeatures* features, EmbeddingTable* input)
    : BlockWorker(setup->NewSampler(NegativesPer::kContext)),
      negatives_(static_cast<size_t>(setup->negatives())),
      undivided_(setup->undivided_gradient()),
      layer_(setup->layer()),
      features_(features),
      compose_(features->features().compose()),
      stride_(input->stride()),
      step_(GetComposedStep()),
      buffers_(stride_),
      rows_(features, input) {}

uint64_t FeatureWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  FindNext(block, 0);
  PrefetchRows(next_, stride_);
  for (size_t i = 0; i < block.size(); ++i) {
    FindNext(block, i + 1);
    if (features_->Codes(block.ids[i]).empty()) continue;
    const uint64_t contexts =
        CollectContexts(block, i, negatives_, layer_, &targets_);
    if (contexts == 0) continue;
    Step(block.ids[i], rate);
    examples += contexts;
  }
  rows_.Flush();
  return examples;
}

void FeatureWorker::FindNext(const WindowBlock& block, size_t i) {
  next_.clear();
  if (i >= block.size()) return;
  for (const uint32_t code : features_->Codes(block.ids[i])) {
    if (rows_.IsCold(code)) next_.push_back(rows_.Row(code));
  }
  // The rows of the contexts were targets of the centers before.
  layer_.AppendRows(block.ids[i], block.NegativesOf(i), &next_);
}

void FeatureWorker::Step(uint32_t center, float rate) {
  inputs_.clear();
  for (const uint32_t code : features_->Codes(center)) {
    inputs_.push_back(rows_.Row(code));
  }
  const float scale = compose_ == Compose::kMean
                          ? 1.0f / static_cast<float>(inputs_.size())
                          : 1.0f;
  const float gradient_scale = undivided_ ? 1.0f : scale;
  const ComposedStep step = {
      inputs_.data(),
      static_cast<int>(inputs_.size()),
      scale,
      gradient_scale,
      targets_.rows.data(),
      targets_.labels.data(),
      static_cast<int>(targets_.size),
      stride_,
      rate,
      next_.data(),
      static_cast<int>(next_.size()),
      scale * gradient_scale * features_->SquaredOccurrences(center)};
  step_(step, &buffers_.scratch);
}

}  // namespace embed
