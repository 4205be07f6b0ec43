#include "embed/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <future>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/train/checkpoint_writer.h"
#include "embed/train/hogwild_schedule.h"
#include "embed/train/run_monitor.h"

namespace embed {
namespace {

constexpr double kFirstReportSeconds = 1.0;
constexpr double kNever = std::numeric_limits<double>::infinity();
// How soon to look again for what is due but not possible yet.
constexpr double kRetrySeconds = 0.01;
// Waiting is cut into pieces that any clock can count.
constexpr double kLongestWait = 3600.0;

// The place to begin at, and with `resume` the arrays' values of then.
absl::StatusOr<TrainingPosition> Restore(const Checkpoint* resume,
                                         uint64_t units,
                                         const Objective& objective) {
  TrainingPosition position;
  position.units = units;
  if (resume == nullptr) return position;
  position = resume->position;
  if (position.units != units || position.next_unit > units) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the checkpoint stands at unit ", position.next_unit, " of ",
        position.units, ", this run has ", units, " units"));
  }
  const std::vector<TrainedArray> arrays = objective.State();
  bool same = arrays.size() == resume->arrays.size();
  for (size_t i = 0; same && i < arrays.size(); ++i) {
    same = arrays[i].name == resume->arrays[i].name &&
           arrays[i].values.size() == resume->arrays[i].values.size();
  }
  if (!same) {
    return absl::InvalidArgumentError(
        "the checkpoint holds other arrays than this objective has");
  }
  for (size_t i = 0; i < arrays.size(); ++i) {
    std::copy(resume->arrays[i].values.begin(), resume->arrays[i].values.end(),
              arrays[i].values.begin());
  }
  return position;
}

// One run. Its legs end where an epoch does, a checkpoint is due, or the run
// shall stop; between two legs no training thread runs.
class TrainingRun {
 public:
  TrainingRun(const TrainerOptions& options, Schedule* schedule,
              const Objective& objective, const TrainHooks& hooks,
              const TrainingPosition& start)
      : options_(options),
        schedule_(schedule),
        hooks_(hooks),
        per_epoch_(schedule->units_per_epoch()),
        units_(start.units),
        arrays_(objective.State()),
        monitor_(options.rate(), per_epoch_, hooks.stop, start),
        next_unit_(start.next_unit) {
    if (hooks.checkpoints != nullptr) {
      writer_ = std::make_unique<CheckpointWriter>(hooks.checkpoints, arrays_,
                                                   options.threads);
    }
  }

  absl::StatusOr<TrainResult> Execute() {
    if (writer_ != nullptr && options_.checkpoint_seconds > 0) {
      EMBED_RETURN_IF_ERROR(writer_->Prepare());
      next_checkpoint_ = monitor_.seconds() + options_.checkpoint_seconds;
    }
    if (hooks_.progress) {
      next_report_ = monitor_.seconds() +
                     std::min(options_.progress_seconds, kFirstReportSeconds);
    }
    bool stopped_early = false;
    while (next_unit_ < units_ && !stopped_early) {
      const uint64_t begin = next_unit_;
      EMBED_RETURN_IF_ERROR(RunLeg());
      if (next_unit_ > begin) {
        EMBED_RETURN_IF_ERROR(
            monitor_.CheckArrays(arrays_, next_unit_, options_.threads));
      }
      // A leg that paused before its first unit ends no epoch: it stands where
      // the last one ended.
      if (next_unit_ > begin && next_unit_ % per_epoch_ == 0) {
        stopped_early = !EndEpoch();
      }
      if (next_unit_ == units_ || stopped_early) break;
      if (monitor_.stopped()) {
        if (writer_ != nullptr) {
          writer_->WriteNow(monitor_.Position(next_unit_));
        }
        return absl::CancelledError("training was stopped");
      }
      if (checkpoint_due_) TakeCheckpoint();
    }
    if (hooks_.progress) hooks_.progress(monitor_.Report(/*last=*/true));
    const TrainingPosition end = monitor_.Position(next_unit_);
    return TrainResult{end.total, end.seconds, MeanLoss(end.total),
                       static_cast<uint32_t>(next_unit_ / per_epoch_),
                       stopped_early && next_unit_ < units_};
  }

 private:
  // Trains from next_unit_ on, on other threads; watches on this one.
  absl::Status RunLeg() {
    const uint64_t end = (next_unit_ / per_epoch_ + 1) * per_epoch_;
    monitor_.BeginLeg();
    leg_ended_ = false;
    absl::StatusOr<uint64_t> reached = next_unit_;
    const auto run = [&] {
      const absl::Cleanup end_watch = [this] {
        const std::lock_guard<std::mutex> lock(mutex_);
        leg_ended_ = true;
        ended_.notify_one();
      };
      reached = schedule_->Run(next_unit_, end, &monitor_);
    };
    EMBED_ASSIGN_OR_RETURN(std::future<void> leg, StartThread(run));
    {
      // Also where a caller's hook throws: `leg` waits for its end then.
      absl::Cleanup stop = [this] { monitor_.Stop(); };
      Watch();
      std::move(stop).Cancel();
    }
    leg.get();
    EMBED_RETURN_IF_ERROR(reached.status());
    if (*reached < next_unit_ || *reached > end) {
      return absl::InternalError(absl::StrCat("the schedule went from unit ",
                                              next_unit_, " to ", *reached,
                                              ", expected at most ", end));
    }
    next_unit_ = *reached;
    return absl::OkStatus();
  }

  // Does what is due at its time until the leg has ended.
  void Watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_.wait_for(lock, std::chrono::duration<double>(Act()),
                            [this] { return leg_ended_; })) {
    }
  }

  // Does what is due; returns the seconds to the next time. Called with mutex_
  // held, which only the end of a leg ever waits for.
  double Act() {
    const double now = monitor_.seconds();
    if (now >= next_report_) {
      // The first report tells the speed, so there must be one.
      if (options_.progress_seconds < kFirstReportSeconds ||
          monitor_.finished() > 0) {
        if (!hooks_.progress(monitor_.Report(/*last=*/false))) monitor_.Stop();
        next_report_ = now + options_.progress_seconds;
      } else {
        next_report_ = now + kRetrySeconds;
      }
    }
    if (now >= next_checkpoint_) {
      checkpoint_due_ = !writer_->busy();
      if (checkpoint_due_) monitor_.RequestPause();
      next_checkpoint_ = checkpoint_due_ ? kNever : now + kRetrySeconds;
    }
    if (monitor_.stopped()) next_report_ = kNever;
    return std::clamp(std::min(next_report_, next_checkpoint_) - now, 0.0,
                      kLongestWait);
  }

  // False: the callback ends the run.
  bool EndEpoch() {
    const EpochReport report = monitor_.EndEpoch(next_unit_);
    if (!hooks_.epoch) return true;
    const double begin = monitor_.seconds();
    if (writer_ != nullptr) writer_->Wait();
    const bool go_on = hooks_.epoch(report);
    monitor_.ExcludeSeconds(monitor_.seconds() - begin);
    return go_on;
  }

  void TakeCheckpoint() {
    writer_->WriteCopy(monitor_.Position(next_unit_));
    checkpoint_due_ = false;
    next_checkpoint_ = monitor_.seconds() + options_.checkpoint_seconds;
  }

  const TrainerOptions options_;
  Schedule* const schedule_;
  const TrainHooks& hooks_;
  const uint64_t per_epoch_;
  const uint64_t units_;  // of the whole run
  const std::vector<TrainedArray> arrays_;
  RunMonitor monitor_;
  std::unique_ptr<CheckpointWriter> writer_;  // null: nobody wants checkpoints
  uint64_t next_unit_;

  // On the scale of monitor_.seconds().
  double next_report_ = kNever;
  double next_checkpoint_ = kNever;
  bool checkpoint_due_ = false;

  std::mutex mutex_;  // guards leg_ended_
  std::condition_variable ended_;
  bool leg_ended_ = false;
};

}  // namespace

absl::Status TrainerOptions::Validate() const {
  if (epochs < 1) {
    return absl::InvalidArgumentError("epochs is 0, expected >= 1");
  }
  EMBED_RETURN_IF_ERROR(rate().Validate());
  if (threads < 1 || threads > 4096) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads is ", threads, ", expected 1 to 4096"));
  }
  if (!(progress_seconds > 0) || std::isinf(progress_seconds)) {
    return absl::InvalidArgumentError(
        absl::StrCat("progress_seconds is ", progress_seconds,
                     ", expected a number above 0"));
  }
  if (!(checkpoint_seconds >= 0) || std::isinf(checkpoint_seconds)) {
    return absl::InvalidArgumentError(absl::StrCat("checkpoint_seconds is ",
                                                   checkpoint_seconds,
                                                   ", expected a number >= 0"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Trainer> Trainer::Create(const TrainerOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  return Trainer(options);
}

absl::StatusOr<TrainResult> Trainer::Run(
    SequenceSource* source, const Objective& objective,
    const ProgressCallback& progress) const {
  HogwildSchedule schedule(source, &objective, options_.rate(), options_.epochs,
                           options_.threads);
  TrainHooks hooks;
  hooks.progress = progress;
  return Run(&schedule, objective, hooks);
}

absl::StatusOr<TrainResult> Trainer::Run(Schedule* schedule,
                                         const Objective& objective,
                                         const TrainHooks& hooks) const {
  const uint64_t per_epoch = schedule->units_per_epoch();
  if (per_epoch == 0) {
    return absl::InvalidArgumentError(
        "the source has no sequences to train on");
  }
  uint64_t units = 0;
  if (!CheckedMultiply(per_epoch, options_.epochs, &units)) {
    return absl::InvalidArgumentError(
        absl::StrCat("epochs is ", options_.epochs, ": with ", per_epoch,
                     " chunks an epoch more than can be counted"));
  }
  EMBED_ASSIGN_OR_RETURN(const TrainingPosition start,
                         Restore(hooks.resume, units, objective));
  return TrainingRun(options_, schedule, objective, hooks, start).Execute();
}

}  // namespace embed
