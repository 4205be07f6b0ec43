// What the skip-gram workers share: it feeds prepared blocks of windows to
// TrainBlock() with the learning rate of their place in the batch.
#ifndef EMBED_TRAIN_BLOCK_WORKER_H_
#define EMBED_TRAIN_BLOCK_WORKER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "embed/model/embedding_table.h"
#include "embed/train/objective.h"
#include "embed/train/output_layer.h"
#include "embed/train/window_sampler.h"

namespace embed {

class BlockWorker : public Objective::Worker {
 public:
  void Train(uint32_t epoch, const SequenceBatch& batch, const RateRange& rate,
             TrainStats* stats) final;

 protected:
  explicit BlockWorker(WindowSampler sampler) : sampler_(std::move(sampler)) {}

  // Trains on all windows of the block; returns the pairs.
  virtual uint64_t TrainBlock(const WindowBlock& block, float rate) = 0;
  // The loss summed since the last call.
  virtual double TakeLoss() = 0;

 private:
  WindowSampler sampler_;
  WindowBlock block_;
};

// Replaces *rows by those that center i needs and the centers before it did
// not: its targets, and of its contexts the one farthest ahead.
inline void NewWindowRows(const WindowBlock& block, size_t i, size_t window,
                          const OutputLayer& layer, const EmbeddingTable& input,
                          std::vector<const float*>* rows) {
  rows->clear();
  if (i >= block.size()) return;
  layer.AppendRows(block.ids[i], block.NegativesOf(i), rows);
  if (i + window < block.size()) {
    rows->push_back(input.row(block.ids[i + window]));
  }
}

// Of `centers`, or 0 for a table whose pages the CPU's TLB mostly holds.
inline size_t PageBatch(const EmbeddingTable& table, size_t centers) {
  constexpr uint64_t kManyPages = uint64_t{128} << 20;
  return table.bytes() > kManyPages ? centers : 0;
}

// Before every batch-th center i, asks for the pages of the rows that
// new_rows(j, rows) finds for the centers j = i .. i + batch - 1: for one line
// of each row. A prefetch whose page is not in the TLB holds up all behind it
// until the page is found; many in a row are looked up side by side. 0: never.
// (1 M rows of 128 numbers: 1.17 times as many tokens a second. Steps over
// n-grams, 2 M rows: no gain, their arithmetic is long enough.)
template <typename NewRows>
void AskForPages(size_t i, size_t batch, const NewRows& new_rows,
                 std::vector<const float*>* rows) {
  if (batch == 0 || i % batch != 0) return;
  for (size_t j = i; j < i + batch; ++j) {
    new_rows(j, rows);
    for (const float* const row : *rows) __builtin_prefetch(row, 1, 3);
  }
}

// Puts the input rows of the contexts of center i at the start of *rows, which
// has room for one more; returns how many there are.
inline size_t GatherContexts(const WindowBlock& block, size_t i,
                             EmbeddingTable* input, std::vector<float*>* rows) {
  // Each row is written, and the center's then overwritten: no branch that
  // could be mispredicted.
  size_t count = 0;
  for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
    (*rows)[count] = input->row(block.ids[c]);
    count += c == i ? 0 : 1;
  }
  return count;
}

}  // namespace embed

#endif  // EMBED_TRAIN_BLOCK_WORKER_H_
