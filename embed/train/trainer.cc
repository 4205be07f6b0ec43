#include "embed/train/trainer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace embed {
namespace {

// An untrained model loses (1 + negatives) log 2 an example, at most 694.
constexpr double kLargestMeanLoss = 1e4;

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double MeanLoss(const TrainStats& stats) {
  return stats.examples == 0 ? std::numeric_limits<double>::quiet_NaN()
                             : stats.loss / static_cast<double>(stats.examples);
}

// One run: what its threads share.
class TrainingRun {
 public:
  TrainingRun(const TrainerOptions& options, SequenceSource* source,
              const Objective& objective)
      : options_(options),
        source_(source),
        objective_(objective),
        chunks_(source->num_chunks()),
        tickets_(chunks_ * options.epochs) {}

  absl::StatusOr<TrainResult> Execute(const ProgressCallback& progress) {
    start_ = Clock::now();
    running_ = options_.threads;
    std::vector<std::thread> threads;
    threads.reserve(static_cast<size_t>(options_.threads));
    for (int i = 0; i < options_.threads; ++i) {
      threads.emplace_back([this] { Work(); });
    }
    Watch(progress);
    for (std::thread& thread : threads) thread.join();
    if (!status_.ok()) return status_;
    if (progress) Report(progress, /*last=*/true);
    return TrainResult{total_, SecondsSince(start_), MeanLoss(total_)};
  }

 private:
  double RateAt(uint64_t ticket) const {
    const double done =
        static_cast<double>(ticket) / static_cast<double>(tickets_);
    return options_.learning_rate *
           std::max(options_.min_rate_ratio, 1.0 - done);
  }

  // The body of a training thread.
  void Work() {
    const std::unique_ptr<Objective::Worker> worker = objective_.NewWorker();
    SequenceBatch batch;
    while (!stop_.load(std::memory_order_relaxed)) {
      const uint64_t ticket =
          next_ticket_.fetch_add(1, std::memory_order_relaxed);
      if (ticket >= tickets_) break;
      if (!Finish(Train(ticket, worker.get(), &batch))) break;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    --running_;
    changed_.notify_all();
  }

  absl::StatusOr<TrainStats> Train(uint64_t ticket, Objective::Worker* worker,
                                   SequenceBatch* batch) const {
    const uint32_t epoch = static_cast<uint32_t>(ticket / chunks_);
    const absl::Status read = source_->Read(epoch, ticket % chunks_, batch);
    if (!read.ok()) return read;
    TrainStats stats;
    worker->Train(epoch, *batch, {RateAt(ticket), RateAt(ticket + 1)}, &stats);
    // A mean loss beyond any useful one is divergence as well: the sums that a
    // step adds can grow without bound long before they overflow.
    if (!std::isfinite(stats.loss) ||
        stats.loss > kLargestMeanLoss * static_cast<double>(stats.examples)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "training diverged in epoch ", epoch + 1, ": the mean loss is ",
          MeanLoss(stats), "; lower the learning rate (now ",
          options_.learning_rate, ")"));
    }
    return stats;
  }

  // Books a ticket's outcome. False: this thread shall end.
  bool Finish(const absl::StatusOr<TrainStats>& outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!outcome.ok()) {
      if (status_.ok()) status_ = outcome.status();
      stop_.store(true, std::memory_order_relaxed);
      return false;
    }
    total_ += *outcome;
    interval_ += *outcome;
    ++finished_;
    return true;
  }

  // Calls `progress` at intervals until all threads have ended.
  void Watch(const ProgressCallback& progress) {
    const auto interval =
        std::chrono::duration<double>(options_.progress_seconds);
    std::unique_lock<std::mutex> lock(mutex_);
    while (
        !changed_.wait_for(lock, interval, [this] { return running_ == 0; })) {
      if (!progress || stop_.load(std::memory_order_relaxed)) continue;
      lock.unlock();
      const bool go_on = Report(progress, /*last=*/false);
      lock.lock();
      if (!go_on && status_.ok()) {
        status_ = absl::CancelledError("training was stopped");
        stop_.store(true, std::memory_order_relaxed);
      }
    }
  }

  bool Report(const ProgressCallback& progress, bool last) {
    TrainProgress report;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const double now = SecondsSince(start_);
      const double passed = std::max(1e-9, now - reported_);
      report.fraction = tickets_ == 0 ? 1.0
                                      : static_cast<double>(finished_) /
                                            static_cast<double>(tickets_);
      report.tokens = total_.tokens;
      report.examples = total_.examples;
      report.tokens_per_second = static_cast<double>(interval_.tokens) / passed;
      report.examples_per_second =
          static_cast<double>(interval_.examples) / passed;
      report.mean_loss = MeanLoss(interval_);
      report.learning_rate = RateAt(finished_);
      report.seconds = now;
      report.seconds_left =
          report.fraction > 0 ? now * (1 / report.fraction - 1) : 0.0;
      report.last = last;
      interval_ = TrainStats();
      reported_ = now;
    }
    return progress(report);
  }

  const TrainerOptions options_;
  SequenceSource* const source_;
  const Objective& objective_;
  const uint64_t chunks_;   // per epoch
  const uint64_t tickets_;  // of the whole run
  Clock::time_point start_;

  std::atomic<uint64_t> next_ticket_{0};
  std::atomic<bool> stop_{false};

  std::mutex mutex_;  // guards what follows; taken once a chunk
  std::condition_variable changed_;
  absl::Status status_;
  TrainStats total_;
  TrainStats interval_;  // since the last report
  uint64_t finished_ = 0;
  double reported_ = 0.0;
  int running_ = 0;
};

}  // namespace

absl::Status TrainerOptions::Validate() const {
  if (epochs < 1) {
    return absl::InvalidArgumentError("epochs is 0, expected >= 1");
  }
  if (!(learning_rate > 0) || !std::isfinite(learning_rate)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "learning_rate is ", learning_rate, ", expected a number above 0"));
  }
  if (!(min_rate_ratio >= 0 && min_rate_ratio <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "min_rate_ratio is ", min_rate_ratio, ", expected 0 to 1"));
  }
  if (threads < 1 || threads > 4096) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads is ", threads, ", expected 1 to 4096"));
  }
  // The bound keeps the interval representable in clock ticks.
  if (!(progress_seconds > 0 && progress_seconds <= 1e6)) {
    return absl::InvalidArgumentError(
        absl::StrCat("progress_seconds is ", progress_seconds,
                     ", expected above 0 and at most 1e6"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Trainer> Trainer::Create(const TrainerOptions& options) {
  const absl::Status valid = options.Validate();
  if (!valid.ok()) return valid;
  return Trainer(options);
}

absl::StatusOr<TrainResult> Trainer::Run(
    SequenceSource* source, const Objective& objective,
    const ProgressCallback& progress) const {
  if (source->num_chunks() == 0) {
    return absl::InvalidArgumentError(
        "the source has no sequences to train on");
  }
  return TrainingRun(options_, source, objective).Execute(progress);
}

}  // namespace embed
