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
