#include "embed/train/shared_window_worker.h"

#include <algorithm>

namespace embed {

SharedWindowWorker::SharedWindowWorker(const WindowSetup* setup,
                                       EmbeddingTable* input,
                                       EmbeddingTable* output)
    : BlockWorker(setup->NewSampler(NegativesPer::kCenter)),
      window_(static_cast<size_t>(setup->window())),
      centers_(static_cast<size_t>(setup->share_negatives())),
      layer_(setup->layer()),
      input_(input),
      page_batch_(PageBatch(*input, 32)),
      steps_(2 * window_ * centers_, static_cast<size_t>(setup->negatives()),
             input, output) {}

uint64_t SharedWindowWorker::TrainBlock(const WindowBlock& block, float rate) {
  uint64_t examples = 0;
  size_t end = 0;
  asked_ = 0;
  for (size_t first = 0; first < block.size(); first = end) {
    end = EndOfGroup(block, first);
    AskForPagesUpTo(block, end);
    PairGroup* const group = steps_.Next();
    group->BuildWindows(block, {first, end, window_}, block.NegativesOf(first));
    examples += group->num_pairs();
    steps_.Push(rate);
  }
  steps_.Finish();
  return examples;
}

void SharedWindowWorker::AskForPagesUpTo(const WindowBlock& block, size_t end) {
  const auto new_rows = [&](size_t i, std::vector<const float*>* rows) {
    NewWindowRows(block, i, window_, layer_, *input_, rows);
  };
  while (page_batch_ > 0 && asked_ < end) {
    AskForPages(asked_, page_batch_, new_rows, &rows_);
    asked_ += page_batch_;
  }
}

size_t SharedWindowWorker::EndOfGroup(const WindowBlock& block,
                                      size_t first) const {
  const size_t most = std::min(block.size(), first + centers_);
  size_t end = first + 1;
  // Negatives of its own make a center the first of a group.
  while (end < most && block.NegativesOf(end).empty()) ++end;
  return end;
}

}  // namespace embed
