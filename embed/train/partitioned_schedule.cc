#include "embed/train/partitioned_schedule.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "embed/base/exceptions.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/train/bucket_order.h"

namespace embed {

// Hands out the tasks of one Run(): buckets of the round being trained, and
// chunks of it or of the next whose pairs are to be made. A thread waits only
// while another works on a task, so any number of threads gets to the end.
class PartitionedSchedule::Leg {
 public:
  Leg(PartitionedSchedule* schedule, uint64_t begin, uint64_t end,
      WorkMonitor* monitor)
      : schedule_(schedule),
        end_(end),
        monitor_(monitor),
        order_(schedule->training_->parts().count()),
        unit_(begin),
        emitting_(begin) {}

  // The body of a training thread.
  void Work(Thread* thread) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!over_) {
      if (training_ || StartTraining()) {
        if (const auto bucket = order_.Take()) {
          lock.unlock();
          schedule_->Train(unit_, bucket->i, bucket->j, thread);
          lock.lock();
          order_.Done(*bucket);
          if (order_.finished()) EndRound();
          changed_.notify_all();
          continue;
        }
      }
      if (over_ || EmitOne(thread, &lock)) continue;
      changed_.wait(lock);
    }
  }

  // Ends the leg: no thread takes another task.
  void Fail(const absl::Status& error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    EndWith(error);
  }

  absl::StatusOr<uint64_t> Result() const {
    if (!status_.ok()) return status_;
    return unit_;
  }

 private:
  // Begins with the buckets of unit_ if its pairs are made and nobody wants a
  // pause.
  bool StartTraining() {
    if (emitting_ == unit_) return false;
    if (monitor_->PauseRequested()) {
      over_ = true;
      changed_.notify_all();
      return false;
    }
    training_ = true;
    order_.Start(
        static_cast<uint32_t>(unit_ % schedule_->training_->parts().count()));
    return true;
  }

  // All buckets of unit_ are trained.
  void EndRound() {
    const absl::Status status =
        monitor_->UnitDone(unit_, schedule_->StatsOf(unit_));
    if (!status.ok()) return EndWith(status);
    training_ = false;
    ++unit_;
    if (unit_ == end_) over_ = true;
  }

  // Makes the pairs of the next chunk, if there is one to begin with.
  bool EmitOne(Thread* thread, std::unique_lock<std::mutex>* lock) {
    const uint64_t unit = emitting_;
    if (unit == end_ || unit > unit_ + 1) return false;
    const uint64_t count = schedule_->ChunksOf(unit).count;
    if (begun_ == count) return false;
    const uint64_t index = begun_++;
    lock->unlock();
    const absl::Status status = schedule_->Emit(unit, index, thread);
    lock->lock();
    if (!status.ok()) {
      EndWith(status);
      return true;
    }
    if (++emitted_ == count) {
      ++emitting_;
      begun_ = emitted_ = 0;
      changed_.notify_all();
    }
    return true;
  }

  void EndWith(const absl::Status& error) {
    status_.Update(error);
    over_ = true;
    changed_.notify_all();
  }

  PartitionedSchedule* const schedule_;
  const uint64_t end_;
  WorkMonitor* const monitor_;

  std::mutex mutex_;  // guards the rest; taken once a task
  std::condition_variable changed_;
  BucketOrder order_;
  uint64_t unit_;          // the round being trained, or to be trained next
  bool training_ = false;  // order_ is that of unit_
  uint64_t emitting_;      // all pairs before this round are made
  uint64_t begun_ = 0;     // its chunks that threads have taken
  uint64_t emitted_ = 0;   // its chunks that are done
  bool over_ = false;
  absl::Status status_;
};

PartitionedSchedule::PartitionedSchedule(SequenceSource* source,
                                         std::unique_ptr<PairTraining> training,
                                         uint64_t chunks_per_round,
                                         const LearningRate& rate,
                                         uint32_t epochs, int threads)
    : source_(source),
      training_(std::move(training)),
      rate_(rate),
      chunks_(source->num_chunks()),
      chunks_per_round_(
          std::min(std::max<uint64_t>(chunks_, 1), chunks_per_round)),
      all_chunks_(static_cast<double>(chunks_) * epochs),
      threads_(static_cast<size_t>(threads)) {
  const size_t parts = training_->parts().count();
  for (Round& round : rounds_) {
    for (uint64_t c = 0; c < chunks_per_round_; ++c) {
      round.chunks.push_back(training_->NewChunk());
    }
    round.emitted.resize(chunks_per_round_);
    round.trained.resize(parts * parts);
  }
}

absl::StatusOr<uint64_t> PartitionedSchedule::Run(uint64_t begin, uint64_t end,
                                                  WorkMonitor* monitor) {
  Leg leg(this, begin, end, monitor);
  RunThreads(static_cast<int>(threads_.size()), [&](int index) {
    const absl::Status status = CatchExceptions([&] {
      Thread& thread = threads_[static_cast<size_t>(index)];
      // Made by the thread that uses it, so that its memory lies near.
      if (thread.worker == nullptr) thread.worker = training_->NewWorker();
      leg.Work(&thread);
      return absl::OkStatus();
    });
    if (!status.ok()) leg.Fail(status);
  });
  return leg.Result();
}

PartitionedSchedule::Chunks PartitionedSchedule::ChunksOf(uint64_t unit) const {
  const uint64_t rounds = units_per_epoch();
  const uint64_t first = unit % rounds * chunks_per_round_;
  return {static_cast<uint32_t>(unit / rounds), first,
          std::min(chunks_per_round_, chunks_ - first)};
}

absl::Status PartitionedSchedule::Emit(uint64_t unit, uint64_t index,
                                       Thread* thread) {
  const Chunks chunks = ChunksOf(unit);
  Round& round = RoundOf(unit);
  EMBED_RETURN_IF_ERROR(
      source_->Read(chunks.epoch, chunks.first + index, &thread->batch));
  round.emitted[index] = {};
  thread->worker->Emit(chunks.epoch, thread->batch, round.chunks[index].get(),
                       &round.emitted[index]);
  return absl::OkStatus();
}

void PartitionedSchedule::Train(uint64_t unit, uint32_t i, uint32_t j,
                                Thread* thread) {
  const Chunks chunks = ChunksOf(unit);
  Round& round = RoundOf(unit);
  const uint64_t parts = training_->parts().count();
  const uint64_t bucket = i * parts + j;
  TrainStats stats;
  for (uint64_t c = 0; c < chunks.count; ++c) {
    const uint64_t chunk = chunks.first + c;
    const double place = static_cast<double>(chunks.epoch * chunks_ + chunk);
    const PairRun run = {
        round.chunks[c].get(),
        i,
        j,
        chunks.epoch,
        chunk * parts * parts + bucket,
        {rate_.At(place / all_chunks_), rate_.At((place + 1) / all_chunks_)}};
    thread->worker->Train(run, &stats);
  }
  round.trained[bucket] = stats;
}

TrainStats PartitionedSchedule::StatsOf(uint64_t unit) const {
  const Round& round = RoundOf(unit);
  TrainStats stats;
  for (uint64_t c = 0; c < ChunksOf(unit).count; ++c) stats += round.emitted[c];
  for (const TrainStats& bucket : round.trained) stats += bucket;
  return stats;
}

uint64_t ChunksPerRound(const PartitionOptions& options,
                        const SequenceSource& source,
                        uint64_t tokens_per_epoch) {
  const double all =
      static_cast<double>(std::max<uint64_t>(source.num_chunks(), 1));
  const double tokens_of_chunk =
      std::max(static_cast<double>(tokens_per_epoch) / all, 1.0);
  const double chunks =
      static_cast<double>(options.round_tokens) / tokens_of_chunk;
  return static_cast<uint64_t>(std::clamp(std::round(chunks), 1.0, all));
}

}  // namespace embed
