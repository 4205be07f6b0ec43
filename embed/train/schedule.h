// How the work of a run is cut into units and shared among threads.
//
// An epoch is units_per_epoch() units, a run is its epochs one after the other,
// so a unit's number says where in the work it is. A schedule can stop between
// two units and go on from there later: with everything before the unit trained
// and nothing after it, the tables and the unit's number are a checkpoint.
#ifndef EMBED_TRAIN_SCHEDULE_H_
#define EMBED_TRAIN_SCHEDULE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "embed/train/objective.h"

namespace embed {

// What a schedule reports to while it runs. Thread-safe.
class WorkMonitor {
 public:
  virtual ~WorkMonitor() = default;
  // Books a finished unit; each unit once. An error (the unit's loss says that
  // training diverged) ends the run: begin nothing more and return it.
  virtual absl::Status UnitDone(uint64_t unit, const TrainStats& stats) = 0;
  // To be asked before each unit. True: finish the units begun, begin no other,
  // and return from Run(). Not before a unit of this Run() is done, unless the
  // training ends.
  virtual bool PauseRequested() = 0;
};

class Schedule {
 public:
  virtual ~Schedule() = default;

  // The same at any time; 0: nothing to train on.
  virtual uint64_t units_per_epoch() const = 0;

  // Trains the units begin .. end - 1, begin < end, all of one epoch. Returns
  // the unit reached: all before it are done and none from it on. That is `end`
  // unless a pause was asked for. Errors: those of the source and of the
  // monitor. Called from one thread at a time, not always the same.
  virtual absl::StatusOr<uint64_t> Run(uint64_t begin, uint64_t end,
                                       WorkMonitor* monitor) = 0;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SCHEDULE_H_
