// Runs an objective over a source: epochs, threads, learning rate, progress.
//
//   SequenceSource -> batches -> Objective::Worker (one a thread) -> tables
//
// The work of a run is epochs * source.num_chunks() tickets, taken in order by
// whichever thread is free. The learning rate is linear in the ticket number,
//   rate(t) = learning_rate * max(min_rate_ratio, 1 - t),  t in [0, 1] the
// share of the work before this point (word2vec.c's schedule, with its floor of
// 1e-4), so it depends on the position in the work and not on the threads.
// Threads share the tables without locks (Hogwild). With one thread the tables
// are the same bit for bit in every run on CPUs of the same kernel target.
#ifndef EMBED_TRAIN_TRAINER_H_
#define EMBED_TRAIN_TRAINER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/train/objective.h"
#include "embed/train/sequence_source.h"

namespace embed {

struct TrainerOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  uint32_t epochs = 5;
  double learning_rate = 0.025;
  double min_rate_ratio = 1e-4;
  int threads = 1;
  double progress_seconds = 0.5;  // between two calls of the callback
};

// A look at a running training. Rates and loss are over the time since the last
// call; tokens and examples since the start.
struct TrainProgress {
  double fraction = 0.0;  // of the whole work, 0 to 1
  uint64_t tokens = 0;
  uint64_t examples = 0;
  double tokens_per_second = 0.0;  // all threads together
  double examples_per_second = 0.0;
  double mean_loss = 0.0;  // per example; NaN if there was none
  double learning_rate = 0.0;
  double seconds = 0.0;       // since the start
  double seconds_left = 0.0;  // estimate from the speed so far
  bool last = false;          // the call after the work is done
};

// Returns false to stop the training; the answer to the last call is ignored.
using ProgressCallback = std::function<bool(const TrainProgress&)>;

struct TrainResult {
  TrainStats stats;
  double seconds = 0.0;
  double mean_loss = 0.0;  // over all examples of the run
};

class Trainer {
 public:
  static absl::StatusOr<Trainer> Create(const TrainerOptions& options);

  // Trains to the end. Blocks; calls `progress` (may be empty) on the calling
  // thread. Errors: the source's own; Cancelled when the callback says stop;
  // FailedPrecondition when a chunk's mean loss is not finite or above 10,000
  // (the learning rate is too high), naming the epoch.
  absl::StatusOr<TrainResult> Run(SequenceSource* source,
                                  const Objective& objective,
                                  const ProgressCallback& progress) const;

 private:
  explicit Trainer(const TrainerOptions& options) : options_(options) {}

  TrainerOptions options_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_TRAINER_H_
