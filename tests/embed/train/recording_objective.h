// An objective that trains nothing and notes what the trainer asks of it: a new
// objective plugs in without a change to the trainer.
#ifndef EMBED_TESTS_EMBED_TRAIN_RECORDING_OBJECTIVE_H_
#define EMBED_TESTS_EMBED_TRAIN_RECORDING_OBJECTIVE_H_

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "embed/train/objective.h"

namespace embed {

class RecordingObjective : public Objective {
 public:
  struct Visit {
    uint32_t epoch;
    uint64_t first_sequence;
    std::vector<uint32_t> ids;
    RateRange rate;
  };

  std::unique_ptr<Worker> NewWorker() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++workers_;
    return std::make_unique<Recorder>(this);
  }

  std::vector<TrainedArray> State() const override { return {}; }

  // The loss of a batch is that of its first id, plus 1.
  static double LossOf(const std::vector<uint32_t>& ids) {
    return 1.0 + ids[0];
  }

  // Set before training.
  int nan_epoch = -1;                     // the loss is no number from here on
  std::chrono::microseconds duration{0};  // of a batch

  // Read after training.
  const std::vector<Visit>& visits() const { return visits_; }
  int workers() const { return workers_; }

 private:
  class Recorder : public Worker {
   public:
    explicit Recorder(const RecordingObjective* owner) : owner_(owner) {}
    void Train(uint32_t epoch, const SequenceBatch& batch,
               const RateRange& rate, TrainStats* stats) override {
      std::this_thread::sleep_for(owner_->duration);
      stats->tokens += batch.ids.size();
      stats->examples += 3;
      stats->loss += static_cast<int>(epoch) == owner_->nan_epoch
                         ? std::numeric_limits<double>::quiet_NaN()
                         : LossOf(batch.ids);
      const std::lock_guard<std::mutex> lock(owner_->mutex_);
      owner_->visits_.push_back({epoch, batch.first_sequence, batch.ids, rate});
    }

   private:
    const RecordingObjective* const owner_;
  };

  mutable std::mutex mutex_;
  mutable std::vector<Visit> visits_;
  mutable int workers_ = 0;
};

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_TRAIN_RECORDING_OBJECTIVE_H_
