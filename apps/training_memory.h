// The memory plan of a training: known before a byte of it is taken.
#ifndef EMBED_APPS_TRAINING_MEMORY_H_
#define EMBED_APPS_TRAINING_MEMORY_H_

#include <cstdint>
#include <string>

#include "apps/common/index_flags.h"
#include "embed/train/optimizer.h"

namespace embed {

// What the arrays depend on.
struct TrainingShape {
  uint64_t inputs = 0;   // rows of the input table
  uint64_t outputs = 0;  // of the output table
  int dim = 1;
  int output_dim = 0;        // of the output table; 0: the same
  uint64_t other_bytes = 0;  // that a method takes beside the tables
  // Of a table that the input table is packed into in the end, when the output
  // table is gone; 0: both tables stay.
  uint64_t packed_bytes = 0;
  OptimizerOptions optimizer;
  bool timed_checkpoints = false;  // they are written from a copy
  bool keeps_best = false;         // early stopping holds the best tables
  uint64_t schedule_bytes = 0;     // ScheduleBytes() of training_schedule.h
};

// Bytes.
struct TrainingMemory {
  // Like all that it is made of 2^64 - 1 if it does not fit.
  uint64_t total() const;

  uint64_t tables = 0;        // and what a method takes beside them
  uint64_t accumulators = 0;  // of AdaGrad
  uint64_t copies = 0;        // of all of these for checkpoints, and of the
                              // tables for the best epoch
  uint64_t pairs = 0;         // of the partitioned schedule
};

// Every array that training takes whose size goes with the tables, and the
// pairs of --deterministic.
TrainingMemory MemoryOf(const TrainingShape& shape);

// The most that is held at a time: while training, while the result is packed,
// or beside the index, whose building takes index_bytes when no copies are
// left.
uint64_t MostMemory(const TrainingShape& shape, uint64_t index_bytes);

// About what the building of an index takes beside the vectors: a byte a number
// for the codes, 2 for the rows in float16, 4 for rows in the order of lists;
// of a graph the links of the lowest level and some 24 bytes a row.
uint64_t IndexBytes(const IndexPlan& plan, uint64_t rows, int dim);

// "1.20 GiB", "1.20 GiB, 4.00 MiB of AdaGrad and 1.20 GiB of copies": only what
// there is.
std::string MemoryText(const TrainingMemory& memory);

}  // namespace embed

#endif  // EMBED_APPS_TRAINING_MEMORY_H_
