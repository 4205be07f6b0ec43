#include "embed/train/composed_worker.h"

namespace embed {
namespace {

// A center with its features is long enough to hide the next one's misses.
constexpr size_t kPrefetchAhead = 1;

}  // namespace

ComposedWorker::ComposedWorker(const WindowSetup* setup,
                               const FeatureMap* features,
                               EmbeddingTable* input)
    : BlockWorker(setup->NewSampler(NegativesPer::kContext)),
      negatives_(static_cast<size_t>(setup->negatives())),
      layer_(setup->layer()),
      features_(features),
      input_(input),
      step_(GetComposedStep()),
      buffers_(input->stride()) {}

uint64_t ComposedWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  for (size_t i = 0; i < kPrefetchAhead; ++i) Prefetch(block, i);
  for (size_t i = 0; i < block.size(); ++i) {
    Prefetch(block, i + kPrefetchAhead);
    const uint64_t contexts = Gather(block, i);
    if (contexts == 0) continue;
    const int num_features = static_cast<int>(feature_rows_.size());
    const float scale = features_->compose() == Compose::kMean
                            ? 1.0f / static_cast<float>(num_features)
                            : 1.0f;
    const ComposedStep step = {feature_rows_.data(),
                               num_features,
                               scale,
                               scale,
                               targets_.rows.data(),
                               targets_.labels.data(),
                               static_cast<int>(targets_.size),
                               input_->stride(),
                               rate};
    step_(step, &buffers_.scratch);
    examples += contexts;
  }
  return examples;
}

void ComposedWorker::Prefetch(const WindowBlock& block, size_t i) const {
  if (i >= block.size()) return;
  for (const uint32_t row : features_->Rows(block.ids[i])) {
    PrefetchRow(input_->row(row), input_->stride());
  }
  // The rows of the contexts were targets of the centers before.
  layer_.Prefetch(block.ids[i], block.NegativesOf(i));
}

uint64_t ComposedWorker::Gather(const WindowBlock& block, size_t i) {
  feature_rows_.clear();
  targets_.Clear();
  for (const uint32_t row : features_->Rows(block.ids[i])) {
    feature_rows_.push_back(input_->row(row));
  }
  if (feature_rows_.empty()) return 0;
  uint64_t contexts = 0;
  absl::Span<const uint32_t> negatives = block.NegativesOf(i);
  for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
    if (c == i) continue;
    layer_.Append(block.ids[c], negatives.first(negatives_), &targets_);
    negatives.remove_prefix(negatives_);
    ++contexts;
  }
  return contexts;
}

}  // namespace embed
