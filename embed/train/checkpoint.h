// All that a training needs to go on as if it had never stopped. What it is the
// training of (options, vocabulary, source) is for whoever keeps it to note and
// to compare: embed/io/checkpoint_file.h.
#ifndef EMBED_TRAIN_CHECKPOINT_H_
#define EMBED_TRAIN_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "embed/train/objective.h"

namespace embed {

// A place in the work, between two units, and what was counted up to it.
struct TrainingPosition {
  uint64_t next_unit = 0;  // all before it are trained, none from it on
  uint64_t units = 0;      // of the whole run
  TrainStats total;
  TrainStats epoch;      // the part of it that belongs to the running epoch
  double seconds = 0.0;  // of training
  double epoch_seconds = 0.0;
};

struct Checkpoint {
  struct Array {
    std::string name;
    absl::Span<const float> values;
  };

  TrainingPosition position;
  std::vector<Array> arrays;  // those of Objective::State()
  std::string extra;          // CheckpointSink::Extra(); any bytes
};

// Where checkpoints go.
class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  // Keeps the checkpoint in place of the one before; its arrays are views that
  // end with the call. Called from one thread at a time, while training goes
  // on. No failure may cost the training: a sink tells its own errors and keeps
  // the older checkpoint.
  virtual void Write(const Checkpoint& checkpoint) = 0;
  // What the caller needs to go on, beside the trainer's own state (that of
  // early stopping, say). Called on the thread of Trainer::Run() between units.
  virtual std::string Extra() { return std::string(); }
};

}  // namespace embed

#endif  // EMBED_TRAIN_CHECKPOINT_H_
