// What the skip-gram workers share: it feeds prepared blocks of windows to
// TrainBlock() with the learning rate of their place in the batch.
#ifndef EMBED_TRAIN_BLOCK_WORKER_H_
#define EMBED_TRAIN_BLOCK_WORKER_H_

#include <cstdint>
#include <utility>

#include "embed/train/objective.h"
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

// Asks for a whole row of `stride` floats, to be written soon.
inline void PrefetchRow(const float* row, size_t stride) {
  constexpr size_t kFloatsPerLine = 16;  // a cache line of 64 bytes
  for (size_t i = 0; i < stride; i += kFloatsPerLine) {
    __builtin_prefetch(row + i, 1, 3);
  }
}

}  // namespace embed

#endif  // EMBED_TRAIN_BLOCK_WORKER_H_
