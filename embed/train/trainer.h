// Runs an objective: epochs, learning rate, progress, checkpoints.
//
//   SequenceSource -> Schedule -> Objective::Worker (one a thread) -> tables
//
// The schedule cuts the work into units and shares them among threads; the
// trainer runs it epoch by epoch, counts tokens, examples and loss, notices
// divergence, and stops it between two units to keep a checkpoint.
#ifndef EMBED_TRAIN_TRAINER_H_
#define EMBED_TRAIN_TRAINER_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/train/checkpoint.h"
#include "embed/train/learning_rate.h"
#include "embed/train/objective.h"
#include "embed/train/schedule.h"
#include "embed/train/sequence_source.h"
#include "embed/train/train_progress.h"

namespace embed {

struct TrainerOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;
  LearningRate rate() const {
    return {learning_rate, min_rate_ratio, rate_shape};
  }

  uint32_t epochs = 5;
  double learning_rate = 0.025;
  double min_rate_ratio = 1e-4;
  int threads = 1;
  // Between two calls of the progress callback; the first comes after a second
  // at the latest, if a unit is done by then.
  double progress_seconds = 0.5;
  RateShape rate_shape = RateShape::kLinear;
  double checkpoint_seconds = 0.0;  // between two checkpoints; 0: none
};

// All optional.
struct TrainHooks {
  // Both on the thread that called Run(). While `epoch` runs, no training
  // thread does, nor CheckpointSink::Write(): it sees whole tables. Its time is
  // not counted as training.
  ProgressCallback progress;
  EpochCallback epoch;
  // True ends the run at the next unit. Asked by every training thread before
  // each unit: to be quick and thread-safe.
  std::function<bool()> stop;
  // Gets a checkpoint every checkpoint_seconds, and one of a run that `stop` or
  // `progress` ended. Costs as much memory as the arrays of the objective.
  CheckpointSink* checkpoints = nullptr;
  // Where to go on, of a run with the same options, source and objective, any
  // number of threads: the objective's arrays get their values from it.
  const Checkpoint* resume = nullptr;
};

struct TrainResult {
  TrainStats stats;
  double seconds = 0.0;        // of training, that before a checkpoint included
  double mean_loss = 0.0;      // over all examples of the run
  uint32_t epochs = 0;         // done
  bool stopped_early = false;  // by the epoch callback
};

class Trainer {
 public:
  static absl::StatusOr<Trainer> Create(const TrainerOptions& options);

  // Trains to the end with a HogwildSchedule. Blocks; calls `progress` (may be
  // empty) on the calling thread. Errors: the source's own; Cancelled when the
  // callback says stop; FailedPrecondition when a chunk's mean loss is not
  // finite or above 10,000, or at the end of an epoch or before a checkpoint a
  // number of the tables is not finite or above 1e15 (the learning rate is too
  // high), naming epoch and step: no checkpoint is made of that;
  // ResourceExhausted without a single thread to train on.
  absl::StatusOr<TrainResult> Run(SequenceSource* source,
                                  const Objective& objective,
                                  const ProgressCallback& progress) const;

  // The same with any schedule, which is for `objective` and for the epochs and
  // the rate of these options. Cancelled also when hooks.stop says so.
  // InvalidArgument: hooks.resume is of another schedule or objective, with
  // nothing changed; ResourceExhausted: no memory for the copy of checkpoints.
  absl::StatusOr<TrainResult> Run(Schedule* schedule,
                                  const Objective& objective,
                                  const TrainHooks& hooks) const;

 private:
  explicit Trainer(const TrainerOptions& options) : options_(options) {}

  TrainerOptions options_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_TRAINER_H_
