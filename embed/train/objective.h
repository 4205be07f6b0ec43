// What a trainer optimises. An objective turns sequences into examples, scores
// them and updates the tables it was given; the trainer only hands out
// sequences and learning rates. A new method is a new objective (or a new
// feature map or source), never a change to the trainer.
//
// A sequence is what the objective says it is. For methods over windows it is a
// sentence or a walk. A method over pairs or triples has a source whose batches
// hold sequences of 2 or 3 ids, as many as make a chunk worth a thread's visit:
//
//   LINE      {tail, head}           edges drawn by weight
//   HIN2Vec   {node, node, relation} or {relation, ...}: ids of several kinds
//             may share one range, each kind with its offset
//
// and an objective that reads sequence(i) as one example. Random draws of
// example i (its negatives) are named by (seed, epoch, first_sequence + i), as
// everywhere, so that they do not depend on threads.
#ifndef EMBED_TRAIN_OBJECTIVE_H_
#define EMBED_TRAIN_OBJECTIVE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/train/sequence_source.h"

namespace embed {

// The learning rate at the start and at the end of a batch; in between it is
// linear in the position.
struct RateRange {
  // That of place `done`, 0 to 1.
  float At(double done) const {
    return static_cast<float>(first + (last - first) * done);
  }

  double first = 0.0;
  double last = 0.0;
};

// What a worker did; sums, so that parts can be added.
struct TrainStats {
  TrainStats& operator+=(const TrainStats& other) {
    tokens += other.tokens;
    examples += other.examples;
    loss += other.loss;
    return *this;
  }

  uint64_t tokens = 0;    // ids read from the source
  uint64_t examples = 0;  // positive (center, context) pairs
  double loss = 0.0;      // sum over the examples, each with its negatives, of
                          // -log likelihood (natural logarithm)
};

// Numbers that training changes.
struct TrainedArray {
  std::string name;  // 1 to 23 of a-z, 0-9 and _: it is written to files
  absl::Span<float> values;
};

class PairTraining;  // embed/train/row_pairs.h
struct PartitionOptions;

class Objective {
 public:
  // The state of one thread: scratch memory and loss.
  class Worker {
   public:
    virtual ~Worker() = default;
    // Trains on all sequences of `batch`. Workers of one objective may run at
    // the same time and then race for table rows on purpose (Hogwild). The
    // result depends on the arguments and the arrays of State() only, not on
    // batches before: a run may end behind any batch and go on from there.
    virtual void Train(uint32_t epoch, const SequenceBatch& batch,
                       const RateRange& rate, TrainStats* stats) = 0;
  };

  virtual ~Objective() = default;
  // Thread-safe. The objective must outlive the worker.
  virtual std::unique_ptr<Worker> NewWorker() const = 0;
  // Every array that training changes (tables, accumulators), each name once:
  // what a checkpoint keeps. Views into memory that outlives the objective or
  // is its own.
  virtual std::vector<TrainedArray> State() const = 0;
  // For the partitioned schedule; must not outlive the objective.
  // Unimplemented, with the reason: its examples are not pairs of one row of
  // each table, or are not trained as such.
  virtual absl::StatusOr<std::unique_ptr<PairTraining>> NewPairTraining(
      const PartitionOptions& options) const;
};

}  // namespace embed

#endif  // EMBED_TRAIN_OBJECTIVE_H_
