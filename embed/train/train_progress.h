// What a running training tells about itself.
#ifndef EMBED_TRAIN_TRAIN_PROGRESS_H_
#define EMBED_TRAIN_TRAIN_PROGRESS_H_

#include <cstdint>
#include <functional>

namespace embed {

// A look at a running training. Rates and loss are over the time since the last
// call; all else is since the start, what went before a checkpoint included.
struct TrainProgress {
  double fraction = 0.0;  // of the whole work, 0 to 1
  uint32_t epoch = 1;     // from 1
  uint64_t tokens = 0;
  uint64_t examples = 0;
  double tokens_per_second = 0.0;  // all threads together
  double examples_per_second = 0.0;
  double mean_loss = 0.0;  // per example; NaN if there was none
  double learning_rate = 0.0;
  double seconds = 0.0;
  double seconds_left = 0.0;  // estimate from the speed so far
  bool last = false;          // the call after the work is done
};

// Returns false to stop the training; the answer to the last call is ignored.
using ProgressCallback = std::function<bool(const TrainProgress&)>;

// An epoch that is over.
struct EpochReport {
  uint32_t epoch = 1;  // from 1
  uint32_t epochs = 1;
  uint64_t tokens = 0;
  uint64_t examples = 0;
  double mean_loss = 0.0;  // per example of this epoch; NaN if there was none
  double seconds = 0.0;    // of training
};

// Returns false to end the training here, with all it has learned.
using EpochCallback = std::function<bool(const EpochReport&)>;

}  // namespace embed

#endif  // EMBED_TRAIN_TRAIN_PROGRESS_H_
