#include "apps/training_memory.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/training_schedule.h"
#include "embed/eval/kept_tables.h"
#include "embed/model/embedding_table.h"
#include "embed/train/skip_gram.h"
#include "gtest/gtest.h"

namespace embed {
namespace training_memory_test {

// The bytes of what a training really holds: the arrays of its objective, as
// many for checkpoints, and the copies of the best tables.
uint64_t BytesHeld(const TrainingShape& shape) {
  EmbeddingTable input = *EmbeddingTable::Create(shape.inputs, shape.dim);
  EmbeddingTable output = *EmbeddingTable::Create(shape.outputs, shape.dim);
  const std::vector<uint64_t> counts(shape.outputs, 1);
  WindowModelOptions options;
  options.optimizer = shape.optimizer;
  const auto model = *SkipGram::Create(options, counts, &input, &output);
  uint64_t bytes = 0;
  for (const TrainedArray& array : model->State()) {
    bytes += array.values.size() * sizeof(float);
  }
  if (shape.timed_checkpoints) bytes *= 2;
  if (shape.keeps_best) bytes += KeptTables::BytesFor({&input, &output});
  return bytes;
}

TEST(TrainingMemoryTest, IsWhatTheArraysTake) {
  for (const OptimizerKind kind :
       {OptimizerKind::kSgd, OptimizerKind::kAdaGrad}) {
    for (const bool timed_checkpoints : {false, true}) {
      for (const bool keeps_best : {false, true}) {
        TrainingShape shape;
        shape.inputs = shape.outputs = 37;
        shape.dim = 20;
        shape.optimizer.kind = kind;
        shape.timed_checkpoints = timed_checkpoints;
        shape.keeps_best = keeps_best;
        EXPECT_EQ(MemoryOf(shape).total(), BytesHeld(shape));
      }
    }
  }
}

TEST(TrainingMemoryTest, AFrozenTableHasNoAccumulators) {
  TrainingShape shape;
  shape.inputs = 10;
  shape.outputs = 30;
  shape.optimizer.kind = OptimizerKind::kAdaGrad;
  EXPECT_EQ(MemoryOf(shape).accumulators, 160u);
  shape.optimizer.train_input = false;
  EXPECT_EQ(MemoryOf(shape).accumulators, 120u);
}

TEST(TrainingMemoryTest, TablesMayDifferInDim) {
  TrainingShape shape;
  shape.inputs = 10;
  shape.outputs = 30;
  shape.dim = 256;
  shape.output_dim = 100;
  shape.other_bytes = 5;
  shape.timed_checkpoints = true;
  const uint64_t tables =
      EmbeddingTable::BytesFor(10, 256) + EmbeddingTable::BytesFor(30, 100);
  EXPECT_EQ(MemoryOf(shape).tables, tables + 5);
  EXPECT_EQ(MemoryOf(shape).copies, tables);
}

TEST(TrainingMemoryTest, TheMostIsThatOfTheLargestStep) {
  TrainingShape shape;
  shape.inputs = shape.outputs = 10;
  shape.dim = 16;
  const uint64_t tables = 2 * 10 * 64;
  EXPECT_EQ(MostMemory(shape, 100), tables + 100);
  // Copies are gone before the index is made.
  shape.timed_checkpoints = true;
  EXPECT_EQ(MostMemory(shape, 100), 2 * tables);
  EXPECT_EQ(MostMemory(shape, tables + 100), 2 * tables + 100);
  // Training, packing, index: 1280, 640 + 700, 700 + index.
  shape.timed_checkpoints = false;
  shape.packed_bytes = 700;
  EXPECT_EQ(MostMemory(shape, 100), 1340u);
  EXPECT_EQ(MostMemory(shape, 641), 1341u);
  shape.packed_bytes = 500;
  EXPECT_EQ(MostMemory(shape, 100), tables);
}

TEST(TrainingMemoryTest, CountsThePairsOfTwoRounds) {
  TrainingFlags flags;
  flags.windows.window = 5;
  flags.partition.round_tokens = 1000;
  EXPECT_EQ(ScheduleBytes(flags, 1 << 20, {}), 0u);
  flags.deterministic = true;
  EXPECT_EQ(ScheduleBytes(flags, 1 << 20, {}), 2u * 1000 * 6 * 8);
  EXPECT_EQ(ScheduleBytes(flags, 10, {}), 2u * 10 * 6 * 8);
  flags.partition.group_by = PairGrouping::kCenter;  // an id, two windows
  EXPECT_EQ(ScheduleBytes(flags, 1 << 20, {}), 2u * 1000 * (4 + 2 * 8));
  flags.partition.parts = 16;
  EXPECT_EQ(ScheduleBytes(flags, 1 << 20, {}), 2u * 1000 * (4 + 16 * 8));
  TrainingShape shape;
  shape.inputs = shape.outputs = 10;
  const uint64_t tables = MemoryOf(shape).total();
  shape.schedule_bytes = 5;
  EXPECT_EQ(MemoryOf(shape).total(), tables + 5);
}

// Baskets: a token has at most the others of its line as contexts.
TEST(TrainingMemoryTest, CountsNoMorePairsThanSequencesHave) {
  TrainingFlags flags;
  flags.deterministic = true;
  flags.windows.fixed_window = true;
  flags.windows.window = 1000;
  flags.partition.round_tokens = 100;
  // 3 of one token, 10 of 2, 5 of 4: 43 tokens, 10 * 2 + 5 * 12 pairs.
  const std::vector<uint64_t> few = {7, 3, 10, 0, 5};
  EXPECT_EQ(ScheduleBytes(flags, 43, few), 2u * 80 * 8);
  // The longest fill the round: 20 tokens with 3 contexts and 10 with one.
  EXPECT_EQ(ScheduleBytes(flags, 30, few), 2u * 70 * 8);
  std::vector<uint64_t> many(1001);
  many[1000] = 1;
  many[10] = 1000;
  EXPECT_EQ(ScheduleBytes(flags, 11000, many), 2u * 100 * 999 * 8);
  flags.partition.round_tokens = 2000;
  EXPECT_EQ(ScheduleBytes(flags, 11000, many),
            2u * (1000 * 999 + 1000 * 9) * 8);
  // A window of its own bounds it, too.
  flags.windows.fixed_window = false;
  flags.windows.window = 5;
  EXPECT_EQ(ScheduleBytes(flags, 11000, many), 2u * 2000 * 6 * 8);
}

TEST(TrainingMemoryTest, AnIndexTakesMoreWithAGraphOrWithFloat16) {
  IndexPlan plan;
  EXPECT_EQ(IndexBytes(plan, 50000, 20), 50000u * 20);
  plan.hnsw.m = 8;
  EXPECT_EQ(IndexBytes(plan, 50001, 20), 50001u * (20 + 16 * 4 + 29));
  plan.kind = IndexKind::kFlat;
  plan.rerank_f16 = true;
  EXPECT_EQ(IndexBytes(plan, 50001, 20), 50001u * 60);
  plan.kind = IndexKind::kIvf;
  EXPECT_EQ(IndexBytes(plan, 50001, 20), 50001u * 140);
}

TEST(TrainingMemoryTest, TellsWhatThereIs) {
  EXPECT_EQ(MemoryText({2048, 0, 0}), "2.00 KiB");
  EXPECT_EQ(MemoryText({2048, 0, 4096}), "2.00 KiB, 4.00 KiB of copies");
  EXPECT_EQ(MemoryText({2048, 1024, 4096}),
            "2.00 KiB, 1.00 KiB of AdaGrad and 4.00 KiB of copies");
  EXPECT_EQ(MemoryText({2048, 0, 0, 4096}), "2.00 KiB, 4.00 KiB of pairs");
}

}  // namespace training_memory_test
}  // namespace embed
