#include "embed/train/composed_worker.h"

#include <utility>

namespace embed {
namespace {

// A center with its features is long enough to hide the next one's misses.
constexpr size_t kPrefetchAhead = 1;

}  // namespace

ComposedWorker::ComposedWorker(const WindowOptions& options,
                               WindowSampler sampler,
                               const FeatureMap* features,
                               EmbeddingTable* input, EmbeddingTable* output)
    : BlockWorker(std::move(sampler)),
      negatives_(static_cast<size_t>(options.negatives)),
      features_(features),
      input_(input),
      output_(output),
      step_(GetComposedStep()) {
  const uint64_t row = input->stride() * sizeof(float);
  // Two rows; the tables are there already.
  buffer_ = AlignedBuffer::Create(2 * row).value();
  scratch_.hidden = static_cast<float*>(buffer_.data());
  scratch_.gradient = scratch_.hidden + input->stride();
}

uint64_t ComposedWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  for (size_t i = 0; i < kPrefetchAhead; ++i) Prefetch(block, i);
  for (size_t i = 0; i < block.size(); ++i) {
    Prefetch(block, i + kPrefetchAhead);
    const int contexts = Gather(block, i);
    if (contexts == 0) continue;
    const int num_features = static_cast<int>(feature_rows_.size());
    const float scale = features_->compose() == Compose::kMean
                            ? 1.0f / static_cast<float>(num_features)
                            : 1.0f;
    const ComposedStep step = {feature_rows_.data(),
                               num_features,
                               scale,
                               targets_.data(),
                               labels_.data(),
                               static_cast<int>(targets_.size()),
                               input_->stride(),
                               rate};
    step_(step, &scratch_);
    examples += static_cast<uint64_t>(contexts);
  }
  return examples;
}

void ComposedWorker::Prefetch(const WindowBlock& block, size_t i) const {
  if (i >= block.size()) return;
  const size_t stride = input_->stride();
  for (const uint32_t row : features_->Rows(block.ids[i])) {
    PrefetchRow(input_->row(row), stride);
  }
  for (const uint32_t negative : block.NegativesOf(i)) {
    PrefetchRow(output_->row(negative), stride);
  }
}

int ComposedWorker::Gather(const WindowBlock& block, size_t i) {
  feature_rows_.clear();
  targets_.clear();
  labels_.clear();
  for (const uint32_t row : features_->Rows(block.ids[i])) {
    feature_rows_.push_back(input_->row(row));
  }
  if (feature_rows_.empty()) return 0;
  int contexts = 0;
  absl::Span<const uint32_t> negatives = block.NegativesOf(i);
  for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
    if (c == i) continue;
    const uint32_t context = block.ids[c];
    targets_.push_back(output_->row(context));
    labels_.push_back(1.0f);
    for (const uint32_t negative : negatives.first(negatives_)) {
      if (negative == context) continue;
      targets_.push_back(output_->row(negative));
      labels_.push_back(0.0f);
    }
    negatives.remove_prefix(negatives_);
    ++contexts;
  }
  return contexts;
}

}  // namespace embed
