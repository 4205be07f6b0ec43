// The schedule of word2vec.c and its kin: threads take the chunks of the source
// in order, whichever is free, and share the tables without locks (Hogwild;
// Recht, Ré, Wright, Niu 2011).
//
//   unit u = chunk u mod num_chunks of epoch u / num_chunks
//
// A unit has the learning rates from At(u / units) to At((u + 1) / units), so
// they depend on the place in the work and not on the threads. With one thread
// the tables are the same bit for bit in every run, on CPUs of the same kernel
// target; with several, threads race for rows.
//
// Threads share one counter, touched once a unit (some ten milliseconds); all
// else is their own. They are started by each Run(); what a thread keeps for
// its work (Objective::Worker) stays from one Run() to the next.
#ifndef EMBED_TRAIN_HOGWILD_SCHEDULE_H_
#define EMBED_TRAIN_HOGWILD_SCHEDULE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/train/learning_rate.h"
#include "embed/train/objective.h"
#include "embed/train/schedule.h"
#include "embed/train/sequence_source.h"

namespace embed {

class HogwildSchedule : public Schedule {
 public:
  // source and objective must outlive this. epochs, threads: at least 1.
  HogwildSchedule(SequenceSource* source, const Objective* objective,
                  const LearningRate& rate, uint32_t epochs, int threads);

  uint64_t units_per_epoch() const override { return chunks_; }
  // Where the system gives fewer threads, those it gave do the work.
  absl::StatusOr<uint64_t> Run(uint64_t begin, uint64_t end,
                               WorkMonitor* monitor) override;

 private:
  struct Leg;
  struct alignas(128) Thread {  // no cache line belongs to two threads
    std::unique_ptr<Objective::Worker> worker;
    SequenceBatch batch;
  };

  // The body of a training thread.
  absl::Status Work(Thread* thread, Leg* leg);
  absl::Status TrainUnit(uint64_t unit, Thread* thread, WorkMonitor* monitor);

  SequenceSource* const source_;
  const Objective* const objective_;
  const LearningRate rate_;
  const uint64_t chunks_;  // per epoch
  const uint64_t units_;   // of the whole run
  std::vector<Thread> threads_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_HOGWILD_SCHEDULE_H_
