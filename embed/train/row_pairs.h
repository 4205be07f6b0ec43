// Examples as pairs of rows: the form in which the partitioned schedule
// (embed/train/partitioned_schedule.h) trains an objective.
//
// The rows of both tables are cut into P parts (RowParts). The bucket (i, j)
// holds the pairs of an input row of part i and an output row of part j;
// training it touches no other rows, its negatives included. Hence P buckets
// without a part in common can be trained at the same time, on threads or on
// machines, and a bucket needs only two parts in memory.
#ifndef EMBED_TRAIN_ROW_PAIRS_H_
#define EMBED_TRAIN_ROW_PAIRS_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "embed/train/objective.h"
#include "embed/train/sequence_source.h"

namespace embed {

// Which pairs of a bucket share their negatives.
enum class PairGrouping {
  kContext,  // those of some consecutive contexts (skip_gram_pairs.h)
  kCenter,   // those of some consecutive centers (skip_gram_windows.h)
  kSpread,   // those of some centers that lie apart (skip_gram_spread.h)
};

// All of these are part of the result.
struct PartitionOptions {
  static constexpr uint32_t kMaxParts = 256;
  static constexpr int kMaxGroupPasses = 100;
  static constexpr int kMaxGroupCenters = 100;

  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  // The same for tables of so many rows, zeros replaced by what suits them.
  //
  //   parts         4, less where a part would have fewer than 1000 rows: its
  //                 few negatives would come again and again. Grouped by
  //                 centers, apart or not, 2: each has the fewer contexts in a
  //                 bucket the more parts there are
  //   group_inputs  32, less where that is more than one row in 64 of a part:
  //                 rows that occur several times in a group move too far
  //   group_passes  4: with one pass over a text, its analogies lose two points
  //   group_centers 3: walks on BlogCatalog (window 10, dim 128, 5 negatives)
  //                 have 1.0 of Hogwild's speed and the same F1 (80 walks,
  //                 3 seeds: 41.3 / 27.3, Hogwild 41.2 / 27.3); 2 has 0.8 of
  //                 the speed, 4 has 1.1. Of those that lie apart 8, less
  //                 where that is more than one in 256 rows of a part
  PartitionOptions For(uint64_t rows) const;

  uint32_t parts = 0;               // P, a power of two; 0: see For()
  uint64_t round_tokens = 1 << 18;  // of the source, about, in one unit of work
  PairGrouping group_by = PairGrouping::kContext;
  // By contexts.
  int group_inputs = 0;  // consecutive inputs whose pairs share negatives
  int group_passes = 0;  // in which the pairs of a sequence are taken
  // By centers, consecutive or apart.
  int group_centers = 0;  // centers whose pairs share negatives
};

// Row P k + m belongs to part (m + k) mod P. Ids fall by frequency, so every
// part gets its share of frequent ones; and the rows of a part are spread over
// all places of a memory page, where rows r mod P would compete for the same
// few places in the caches.
class RowParts {
 public:
  // parts: a power of two.
  explicit RowParts(uint32_t parts) : mask_(parts - 1) {
    while ((uint32_t{1} << shift_) < parts) ++shift_;
  }

  uint32_t count() const { return mask_ + 1; }
  uint32_t PartOf(uint32_t row) const {
    return (row + (row >> shift_)) & mask_;
  }
  // The k-th row of a part.
  uint32_t Row(uint32_t part, uint32_t k) const {
    return (k << shift_) + ((part - k) & mask_);
  }

 private:
  uint32_t mask_;
  int shift_ = 0;
};

struct RowPair {
  uint32_t input;
  uint32_t output;
};

// The examples of a chunk of the source, sorted by bucket.
class PairChunk {
 public:
  virtual ~PairChunk() = default;
};

// The bucket (i, j) of a chunk.
struct PairRun {
  const PairChunk* chunk;
  uint32_t input_part;   // i
  uint32_t output_part;  // j
  // Names the random draws of the run: with the seed, unique in a training.
  uint32_t epoch;
  uint64_t number;
  RateRange rate;
};

// An objective prepared for P parts. Thread-safe.
class PairTraining {
 public:
  // The state of one thread.
  class Worker {
   public:
    virtual ~Worker() = default;
    // Replaces what *chunk, made by NewChunk(), holds by the examples of the
    // batch; the same for the same arguments. Counts the batch's tokens.
    virtual void Emit(uint32_t epoch, const SequenceBatch& batch,
                      PairChunk* chunk, TrainStats* stats) = 0;
    // Trains on the run; reads and writes rows of its two parts only. The
    // result depends on the run and these rows, not on runs before.
    virtual void Train(const PairRun& run, TrainStats* stats) = 0;
  };

  virtual ~PairTraining() = default;
  virtual RowParts parts() const = 0;
  // Empty; its memory is kept from use to use.
  virtual std::unique_ptr<PairChunk> NewChunk() const = 0;
  // Must not outlive this.
  virtual std::unique_ptr<Worker> NewWorker() const = 0;
};

}  // namespace embed

#endif  // EMBED_TRAIN_ROW_PAIRS_H_
