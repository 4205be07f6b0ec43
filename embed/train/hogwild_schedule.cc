#include "embed/train/hogwild_schedule.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "absl/status/status.h"
#include "embed/base/exceptions.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {

// What the threads of one Run() share.
struct HogwildSchedule::Leg {
  bool Stops() {
    return next.load(std::memory_order_relaxed) >= end ||
           failed.load(std::memory_order_relaxed) || monitor->PauseRequested();
  }

  void Fail(const absl::Status& error) {
    const std::lock_guard<std::mutex> lock(mutex);
    status.Update(error);
    failed.store(true, std::memory_order_relaxed);
  }

  uint64_t end;
  WorkMonitor* monitor;
  // On a cache line of its own: the only word that all threads write.
  alignas(64) std::atomic<uint64_t> next;
  alignas(64) std::atomic<bool> failed{false};
  std::mutex mutex;  // guards status
  absl::Status status;
};

HogwildSchedule::HogwildSchedule(SequenceSource* source,
                                 const Objective* objective,
                                 const LearningRate& rate, uint32_t epochs,
                                 int threads)
    : source_(source),
      objective_(objective),
      rate_(rate),
      chunks_(source->num_chunks()),
      units_(chunks_ * epochs),
      threads_(static_cast<size_t>(threads)) {}

absl::StatusOr<uint64_t> HogwildSchedule::Run(uint64_t begin, uint64_t end,
                                              WorkMonitor* monitor) {
  Leg leg{end, monitor, {begin}, {}, {}, {}};
  RunThreads(static_cast<int>(threads_.size()), [&](int thread) {
    const absl::Status status = CatchExceptions(
        [&] { return Work(&threads_[static_cast<size_t>(thread)], &leg); });
    if (!status.ok()) leg.Fail(status);
  });
  if (!leg.status.ok()) return leg.status;
  // A unit taken is a unit finished.
  return std::min(end, leg.next.load(std::memory_order_relaxed));
}

absl::Status HogwildSchedule::Work(Thread* thread, Leg* leg) {
  // Made by the thread that uses it, so that its memory lies near.
  if (thread->worker == nullptr) thread->worker = objective_->NewWorker();
  while (!leg->Stops()) {
    const uint64_t unit = leg->next.fetch_add(1, std::memory_order_relaxed);
    if (unit >= leg->end) break;
    EMBED_RETURN_IF_ERROR(TrainUnit(unit, thread, leg->monitor));
  }
  return absl::OkStatus();
}

absl::Status HogwildSchedule::TrainUnit(uint64_t unit, Thread* thread,
                                        WorkMonitor* monitor) {
  const uint32_t epoch = static_cast<uint32_t>(unit / chunks_);
  EMBED_RETURN_IF_ERROR(source_->Read(epoch, unit % chunks_, &thread->batch));
  const double units = static_cast<double>(units_);
  const RateRange rate = {rate_.At(static_cast<double>(unit) / units),
                          rate_.At(static_cast<double>(unit + 1) / units)};
  TrainStats stats;
  thread->worker->Train(epoch, thread->batch, rate, &stats);
  return monitor->UnitDone(unit, stats);
}

}  // namespace embed
