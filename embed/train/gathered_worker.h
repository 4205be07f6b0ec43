// What the workers of gathered steps share: it finds the rows of each center,
// asks for them in time, and gives them to Step(). Internal to the objectives.
#ifndef EMBED_TRAIN_GATHERED_WORKER_H_
#define EMBED_TRAIN_GATHERED_WORKER_H_

#include <cstdint>
#include <vector>

#include "embed/train/block_worker.h"
#include "embed/train/step_rows.h"
#include "embed/train/window_setup.h"

namespace embed {

class GatheredWorker : public BlockWorker {
 public:
  uint64_t TrainBlock(const WindowBlock& block, float rate) final;

 protected:
  // stride: floats in a row. All must outlive this.
  GatheredWorker(const WindowSetup* setup, const StepGatherer* gatherer,
                 uint64_t stride);

  // Trains on rows_ and asks for next_.
  virtual void Step(float rate) = 0;

  const uint64_t stride_;
  StepRows rows_;                   // of one center
  std::vector<const float*> next_;  // of one that comes soon

 private:
  const StepGatherer* const gatherer_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_GATHERED_WORKER_H_
