// The schedule whose result does not depend on the number of threads: rows are
// cut into parts, pairs sorted by the parts of their rows, and buckets without
// a part in common trained at the same time (embed/train/row_pairs.h). This is
// the block-wise stratification of Gemulla, Nijkamp, Haas, Sismanis (KDD 2011)
// for SGD, with negatives from the bucket's own part.
//
// A unit is a round: a fixed number of chunks of the source, the last of an
// epoch perhaps fewer. A round has two stages:
//
//   1. the pairs of its chunks are made and sorted into P x P buckets, chunk by
//      chunk on any thread;
//   2. the buckets are trained in the order of embed/train/bucket_order.h, each
//      by one thread: the pairs of the round's chunks one chunk after the
//      other, with the learning rates that HogwildSchedule would give the
//      chunk.
//
// Threads that find no bucket make pairs of the next round. A bucket's rows,
// pairs and random draws are then the same whoever trains it, so the tables
// are the same bit for bit for any number of threads, on CPUs of one kernel
// target. P, the round and the groups are part of the result.
//
// At most P threads train at a time. Memory: the pairs of two rounds, 8 bytes a
// pair, or where they are grouped by centers about 4 + 8 P bytes a token.
#ifndef EMBED_TRAIN_PARTITIONED_SCHEDULE_H_
#define EMBED_TRAIN_PARTITIONED_SCHEDULE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/train/learning_rate.h"
#include "embed/train/row_pairs.h"
#include "embed/train/schedule.h"
#include "embed/train/sequence_source.h"

namespace embed {

class PartitionedSchedule : public Schedule {
 public:
  // source, and the objective behind training, must outlive this.
  // chunks_per_round, epochs, threads: at least 1.
  PartitionedSchedule(SequenceSource* source,
                      std::unique_ptr<PairTraining> training,
                      uint64_t chunks_per_round, const LearningRate& rate,
                      uint32_t epochs, int threads);

  uint64_t units_per_epoch() const override {
    return (chunks_ + chunks_per_round_ - 1) / chunks_per_round_;
  }
  // Where the system gives fewer threads, those it gave do the work.
  absl::StatusOr<uint64_t> Run(uint64_t begin, uint64_t end,
                               WorkMonitor* monitor) override;

 private:
  class Leg;
  struct alignas(128) Thread {  // no cache line belongs to two threads
    std::unique_ptr<PairTraining::Worker> worker;
    SequenceBatch batch;
  };
  struct Round {
    std::vector<std::unique_ptr<PairChunk>> chunks;
    std::vector<TrainStats> emitted;  // of each chunk
    std::vector<TrainStats> trained;  // of each bucket
  };

  // The chunks first .. first + count - 1 of `epoch`.
  struct Chunks {
    uint32_t epoch;
    uint64_t first;
    uint64_t count;
  };
  Chunks ChunksOf(uint64_t unit) const;

  // Makes and sorts the pairs of one chunk of the unit.
  absl::Status Emit(uint64_t unit, uint64_t index, Thread* thread);
  void Train(uint64_t unit, uint32_t i, uint32_t j, Thread* thread);
  TrainStats StatsOf(uint64_t unit) const;

  // Of the two rounds under way; the second only has its pairs made.
  Round& RoundOf(uint64_t unit) { return rounds_[unit % 2]; }
  const Round& RoundOf(uint64_t unit) const { return rounds_[unit % 2]; }

  SequenceSource* const source_;
  const std::unique_ptr<PairTraining> training_;
  const LearningRate rate_;
  const uint64_t chunks_;  // per epoch
  const uint64_t chunks_per_round_;
  const double all_chunks_;  // of the whole run
  Round rounds_[2];
  std::vector<Thread> threads_;
};

// The chunks of `source` that hold about options.round_tokens of the
// tokens_per_epoch it has; at least 1, at most all.
uint64_t ChunksPerRound(const PartitionOptions& options,
                        const SequenceSource& source,
                        uint64_t tokens_per_epoch);

}  // namespace embed

#endif  // EMBED_TRAIN_PARTITIONED_SCHEDULE_H_
