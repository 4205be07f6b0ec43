#include "embed/train/window_worker.h"

#include <utility>

namespace embed {
namespace {

// Centers between asking for rows and using them: two windows of work hide a
// memory access.
constexpr size_t kPrefetchAhead = 2;

}  // namespace

WindowWorker::WindowWorker(const WindowOptions& options, WindowSampler sampler,
                           EmbeddingTable* input, EmbeddingTable* output)
    : BlockWorker(std::move(sampler)),
      window_(static_cast<size_t>(options.window)),
      input_(input),
      output_(output),
      step_(GetWindowStep()),
      contexts_(2 * window_),
      targets_(static_cast<size_t>(options.negatives) + 1),
      target_ids_(targets_.size()),
      weights_(targets_.size()) {
  const size_t scores =
      WindowScratch::ScoresFor(2 * options.window, options.negatives + 1);
  // A few hundred bytes to a few megabytes; the tables are there already.
  scores_ = AlignedBuffer::Create(scores * sizeof(float)).value();
  scratch_.scores = static_cast<float*>(scores_.data());
}

uint64_t WindowWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  for (size_t i = 0; i < kPrefetchAhead; ++i) Prefetch(block, i);
  for (size_t i = 0; i < block.size(); ++i) {
    Prefetch(block, i + kPrefetchAhead);
    if (!Gather(block, i)) continue;
    const WindowStep step = {contexts_.data(),
                             num_contexts_,
                             targets_.data(),
                             weights_.data(),
                             num_targets_,
                             input_->stride(),
                             rate};
    step_(step, &scratch_);
    examples += static_cast<uint64_t>(num_contexts_);
  }
  return examples;
}

void WindowWorker::Prefetch(const WindowBlock& block, size_t i) const {
  if (i >= block.size()) return;
  const size_t stride = output_->stride();
  PrefetchRow(output_->row(block.ids[i]), stride);
  for (const uint32_t negative : block.NegativesOf(i)) {
    PrefetchRow(output_->row(negative), stride);
  }
  // Of the contexts only the one farthest ahead can be new.
  if (i + window_ < block.size()) {
    PrefetchRow(input_->row(block.ids[i + window_]), stride);
  }
}

bool WindowWorker::Gather(const WindowBlock& block, size_t i) {
  int contexts = 0;
  for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
    contexts_[static_cast<size_t>(contexts)] = input_->row(block.ids[c]);
    contexts += c == i ? 0 : 1;
  }
  num_contexts_ = contexts;
  const uint32_t center = block.ids[i];
  target_ids_[0] = center;
  targets_[0] = output_->row(center);
  weights_[0] = 1.0f;
  size_t targets = 1;
  for (const uint32_t negative : block.NegativesOf(i)) {
    if (negative == center) continue;
    size_t same = 1;
    while (same < targets && target_ids_[same] != negative) ++same;
    if (same < targets) {
      weights_[same] += 1.0f;
      continue;
    }
    target_ids_[targets] = negative;
    targets_[targets] = output_->row(negative);
    weights_[targets] = 1.0f;
    ++targets;
  }
  num_targets_ = static_cast<int>(targets);
  return contexts > 0;
}

}  // namespace embed
