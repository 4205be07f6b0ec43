#include "embed/train/run_monitor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "embed/base/parallel.h"

namespace embed {
namespace {

// An untrained model loses (1 + negatives) log 2 an example, at most 694.
constexpr double kLargestMeanLoss = 1e4;

// A score of two rows of 4096 such numbers is still far from the largest float.
constexpr float kLargestNumber = 1e15f;

bool IsUsable(absl::Span<const float> values, int threads) {
  std::atomic<bool> usable{true};
  ParallelFor(threads, values.size(), [&](uint64_t begin, uint64_t end) {
    bool all = true;
    for (const float value : values.subspan(begin, end - begin)) {
      all &= std::abs(value) <= kLargestNumber;  // not so for NaN
    }
    if (!all) usable.store(false, std::memory_order_relaxed);
  });
  return usable.load(std::memory_order_relaxed);
}

// A mean loss beyond any useful one is divergence as well: the sums that a step
// adds can grow without bound long before they overflow.
bool Diverged(const TrainStats& stats) {
  return !std::isfinite(stats.loss) ||
         stats.loss > kLargestMeanLoss * static_cast<double>(stats.examples);
}

}  // namespace

double MeanLoss(const TrainStats& stats) {
  return stats.examples == 0 ? std::numeric_limits<double>::quiet_NaN()
                             : stats.loss / static_cast<double>(stats.examples);
}

RunMonitor::RunMonitor(const LearningRate& rate, uint64_t units_per_epoch,
                       std::function<bool()> stop,
                       const TrainingPosition& start)
    : rate_(rate),
      units_per_epoch_(units_per_epoch),
      units_(start.units),
      first_unit_(start.next_unit),
      first_seconds_(start.seconds),
      stop_(std::move(stop)),
      start_(Clock::now()),
      total_(start.total),
      epoch_(start.epoch),
      reported_(start.seconds),
      epoch_begin_(start.seconds - start.epoch_seconds) {}

absl::Status RunMonitor::UnitDone(uint64_t unit, const TrainStats& stats) {
  if (Diverged(stats)) {
    return Divergence(unit, absl::StrCat("the mean loss is ", MeanLoss(stats)));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  total_ += stats;
  epoch_ += stats;
  interval_ += stats;
  ++finished_;
  got_on_.store(true, std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::Status RunMonitor::CheckArrays(const std::vector<TrainedArray>& arrays,
                                     uint64_t next_unit, int threads) const {
  for (const TrainedArray& array : arrays) {
    if (IsUsable(array.values, threads)) continue;
    return Divergence(next_unit - 1,
                      absl::StrCat("the ", array.name,
                                   " table has numbers that are not finite or "
                                   "above ",
                                   kLargestNumber));
  }
  return absl::OkStatus();
}

absl::Status RunMonitor::Divergence(uint64_t unit,
                                    const std::string& what) const {
  return absl::FailedPreconditionError(
      absl::StrCat("training diverged in epoch ", unit / units_per_epoch_ + 1,
                   ", step ", unit + 1, " of ", units_, ": ", what,
                   "; lower the learning rate (now ", rate_.rate, ")"));
}

bool RunMonitor::PauseRequested() {
  if (stopped()) return true;
  if (pause_.load(std::memory_order_relaxed) &&
      got_on_.load(std::memory_order_relaxed)) {
    return true;
  }
  if (!stop_ || !stop_()) return false;
  Stop();
  return true;
}

void RunMonitor::BeginLeg() {
  pause_.store(false, std::memory_order_relaxed);
  got_on_.store(false, std::memory_order_relaxed);
}

TrainProgress RunMonitor::Report(bool last) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const double now = SecondsLocked();
  const double passed = std::max(1e-9, now - reported_);
  const uint64_t done = first_unit_ + finished_;
  TrainProgress report;
  report.fraction = static_cast<double>(done) / static_cast<double>(units_);
  report.epoch =
      static_cast<uint32_t>(std::min(done, units_ - 1) / units_per_epoch_ + 1);
  report.tokens = total_.tokens;
  report.examples = total_.examples;
  report.tokens_per_second = static_cast<double>(interval_.tokens) / passed;
  report.examples_per_second = static_cast<double>(interval_.examples) / passed;
  report.mean_loss = MeanLoss(interval_);
  report.learning_rate = rate_.At(report.fraction);
  report.seconds = now;
  if (finished_ > 0) {
    report.seconds_left = (now - first_seconds_) *
                          static_cast<double>(units_ - done) /
                          static_cast<double>(finished_);
  }
  report.last = last;
  interval_ = TrainStats();
  reported_ = now;
  return report;
}

uint64_t RunMonitor::finished() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return finished_;
}

double RunMonitor::seconds() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return SecondsLocked();
}

double RunMonitor::SecondsLocked() const {
  return first_seconds_ +
         std::chrono::duration<double>(Clock::now() - start_).count();
}

TrainingPosition RunMonitor::Position(uint64_t next_unit) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const double now = SecondsLocked();
  return {next_unit, units_, total_, epoch_, now, now - epoch_begin_};
}

EpochReport RunMonitor::EndEpoch(uint64_t next_unit) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const double now = SecondsLocked();
  EpochReport report;
  report.epoch = static_cast<uint32_t>(next_unit / units_per_epoch_);
  report.epochs = static_cast<uint32_t>(units_ / units_per_epoch_);
  report.tokens = epoch_.tokens;
  report.examples = epoch_.examples;
  report.mean_loss = MeanLoss(epoch_);
  report.seconds = now - epoch_begin_;
  epoch_ = TrainStats();
  epoch_begin_ = now;
  return report;
}

void RunMonitor::ExcludeSeconds(double seconds) {
  const std::lock_guard<std::mutex> lock(mutex_);
  start_ += std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(seconds));
}

}  // namespace embed
