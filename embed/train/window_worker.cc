#include "embed/train/window_worker.h"

namespace embed {
namespace {

// Centers between asking for rows and using them: two windows of work hide a
// memory access.
constexpr size_t kPrefetchAhead = 2;
constexpr size_t kPageCenters = 32;

}  // namespace

WindowWorker::WindowWorker(const WindowSetup* setup, EmbeddingTable* input)
    : BlockWorker(setup->NewSampler(NegativesPer::kCenter)),
      window_(static_cast<size_t>(setup->window())),
      layer_(setup->layer()),
      input_(input),
      page_batch_(PageBatch(*input, kPageCenters)),
      step_(GetWindowStep()),
      contexts_(2 * window_ + 1) {
  const size_t scores = WindowScratch::ScoresFor(
      2 * setup->window(), layer_.MaxTargets(setup->negatives()));
  // A few hundred bytes to a few megabytes; the tables are there already.
  scores_ = AlignedBuffer::Create(scores * sizeof(float)).value();
  scratch_.scores = static_cast<float*>(scores_.data());
}

uint64_t WindowWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  const auto new_rows = [&](size_t i, std::vector<const float*>* rows) {
    NewWindowRows(block, i, window_, layer_, *input_, rows);
  };
  for (size_t i = 0; i < kPrefetchAhead; ++i) {
    new_rows(i, &next_);
    PrefetchRows(next_, input_->stride());
  }
  for (size_t i = 0; i < block.size(); ++i) {
    AskForPages(
        i, page_batch_,
        [&](size_t j, std::vector<const float*>* rows) {
          new_rows(j + kPrefetchAhead, rows);
        },
        &next_);
    new_rows(i + kPrefetchAhead, &next_);
    const size_t contexts = GatherContexts(block, i, input_, &contexts_);
    if (contexts == 0) continue;
    layer_.Collect(block.ids[i], block.NegativesOf(i), &targets_);
    const WindowStep step = {contexts_.data(),
                             static_cast<int>(contexts),
                             targets_.rows.data(),
                             targets_.weights.data(),
                             static_cast<int>(targets_.size),
                             input_->stride(),
                             rate,
                             targets_.num_positives,
                             next_.data(),
                             static_cast<int>(next_.size())};
    step_(step, &scratch_);
    examples += contexts;
  }
  return examples;
}

}  // namespace embed
