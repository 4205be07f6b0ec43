// Counts the units of a run, watches their loss, and passes on the wish to
// pause. Internal to Trainer.
#ifndef EMBED_TRAIN_RUN_MONITOR_H_
#define EMBED_TRAIN_RUN_MONITOR_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "embed/train/checkpoint.h"
#include "embed/train/learning_rate.h"
#include "embed/train/schedule.h"
#include "embed/train/train_progress.h"

namespace embed {

// Thread-safe but for the functions that say otherwise.
class RunMonitor : public WorkMonitor {
 public:
  // stop: may be empty; true ends the run. start: the place to begin at, of
  // start.units in all.
  RunMonitor(const LearningRate& rate, uint64_t units_per_epoch,
             std::function<bool()> stop, const TrainingPosition& start);

  absl::Status UnitDone(uint64_t unit, const TrainStats& stats) override;
  bool PauseRequested() override;

  void RequestPause() { pause_.store(true, std::memory_order_relaxed); }
  // Ends the run at the next unit.
  void Stop() { stopped_.store(true, std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  // The state of things; the interval that rates and loss are over begins anew.
  TrainProgress Report(bool last);
  // Units finished since this run began.
  uint64_t finished() const;
  // Of training, what went before the start included.
  double seconds() const;

  // The following only between units.
  // FailedPrecondition, naming the array and the place before `next_unit`: a
  // number that is not finite or so large that no training comes back from it.
  absl::Status CheckArrays(const std::vector<TrainedArray>& arrays,
                           uint64_t next_unit, int threads) const;
  // A pause that is asked for begins once this leg has done a unit: where one
  // takes longer than the time between two pauses, the run gets on all the
  // same.
  void BeginLeg();
  TrainingPosition Position(uint64_t next_unit) const;
  // The epoch before `next_unit`, at whose end the run stands; the next begins.
  EpochReport EndEpoch(uint64_t next_unit);
  // Takes time that was not training out of the count.
  void ExcludeSeconds(double seconds);

 private:
  using Clock = std::chrono::steady_clock;

  double SecondsLocked() const;
  // At `unit`, because of `what`.
  absl::Status Divergence(uint64_t unit, const std::string& what) const;

  const LearningRate rate_;
  const uint64_t units_per_epoch_;
  const uint64_t units_;  // of the whole run
  const uint64_t first_unit_;
  const double first_seconds_;
  const std::function<bool()> stop_;

  std::atomic<bool> pause_{false};
  std::atomic<bool> got_on_{false};  // a unit of this leg is done
  std::atomic<bool> stopped_{false};

  mutable std::mutex mutex_;  // guards what follows; taken once a unit
  Clock::time_point start_;   // moved on by excluded time
  TrainStats total_;
  TrainStats epoch_;
  TrainStats interval_;  // since the last report
  uint64_t finished_ = 0;
  double reported_;     // seconds at the last report
  double epoch_begin_;  // seconds at the start of the epoch
};

// The sum of losses over the number of examples; NaN if there is none.
double MeanLoss(const TrainStats& stats);

}  // namespace embed

#endif  // EMBED_TRAIN_RUN_MONITOR_H_
