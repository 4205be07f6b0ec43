// Sizes at and beyond what README's "Limits" allow, without the memory that
// they would take: each is exact, refused, or as large as a number can be,
// never wrapped round to something small.
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "apps/common/available_memory.h"
#include "apps/common/memory_flags.h"
#include "apps/training_memory.h"
#include "apps/training_schedule.h"
#include "embed/index/int8_table.h"
#include "embed/kernels/int8_scan.h"
#include "embed/model/embedding_table.h"
#include "embed/model/vocabulary.h"
#include "embed/train/trainer.h"
#include "gmock/gmock.h"
#include "graph/edge_source.h"
#include "graph/graph.h"
#include "gtest/gtest.h"
#include "tests/embed/train/recording_objective.h"

namespace embed {
namespace size_limits_test {

using ::testing::HasSubstr;

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kRows = uint64_t{1} << 31;
constexpr int kDim = 4096;

TEST(SizeLimitsTest, TheLargestTableIsCountedExactly) {
  EXPECT_EQ(EmbeddingTable::kMaxDim, kDim);
  EXPECT_EQ(Vocabulary::kMaxSize, kRows);
  EXPECT_EQ(EmbeddingTable::BytesFor(kRows, kDim), uint64_t{1} << 45);
  EXPECT_EQ(EmbeddingTable::BytesFor(kRows, 1), kRows * 64);
  EXPECT_EQ(EmbeddingTable::BytesFor(uint64_t{1} << 50, kDim), kMost);
  EXPECT_EQ(EmbeddingTable::BytesFor(kMost, 1), kMost);
}

TEST(SizeLimitsTest, TablesBeyondTheLimitsAreRefused) {
  for (const auto& [rows, dim] : std::vector<std::pair<uint64_t, int>>{
           {kRows + 1, 1}, {kMost, 1}, {1, kDim + 1}, {1, 0}, {1, -1}}) {
    EXPECT_EQ(EmbeddingTable::Create(rows, dim).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(SizeLimitsTest, ThePlanOfTheLargestTrainingIsExact) {
  TrainingShape shape;
  shape.inputs = shape.outputs = kRows;
  shape.dim = kDim;
  shape.optimizer.kind = OptimizerKind::kAdaGrad;
  shape.timed_checkpoints = shape.keeps_best = true;
  // Two tables of 2^45 bytes, 2^33 of squares each; a copy of both for
  // checkpoints, and one of the tables.
  EXPECT_EQ(MemoryOf(shape).total(), (uint64_t{3} << 46) + (uint64_t{2} << 34));
}

TEST(SizeLimitsTest, APlanBeyondCountingIsRefused) {
  TrainingShape shape;
  shape.inputs = shape.outputs = uint64_t{1} << 52;
  shape.dim = kDim;
  shape.timed_checkpoints = shape.keeps_best = true;
  shape.other_bytes = 100;
  shape.schedule_bytes = 100;
  EXPECT_EQ(MemoryOf(shape).total(), kMost);
  EXPECT_EQ(CheckMemory("the training", kMost, "").code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(SizeLimitsTest, AnIndexOfTheMostRowsIsExact) {
  IndexPlan plan;
  plan.kind = IndexKind::kHnsw;
  plan.hnsw.m = 256;
  EXPECT_EQ(IndexBytes(plan, kRows, kDim),
            kRows * (uint64_t{kDim} + 512 * 4 + 29));
  EXPECT_EQ(IndexBytes(plan, uint64_t{1} << 60, kDim), kMost);
}

TEST(SizeLimitsTest, PairsBeyondCountingAreThatMany) {
  TrainingFlags flags;
  flags.deterministic = true;
  flags.partition.round_tokens = kMost;
  flags.windows.window = std::numeric_limits<int>::max();
  EXPECT_EQ(ScheduleBytes(flags, kMost, {}), kMost);
  EXPECT_EQ(ScheduleBytes(flags, kMost, {0, 0, kMost, kMost}), kMost);
  // 2^40 edges as tokens, a window of 1: 2 contexts each, 2 rounds of 8 bytes.
  flags.windows.window = 1;
  EXPECT_EQ(ScheduleBytes(flags, uint64_t{1} << 40, {}),
            (uint64_t{1} << 40) * 2 * 16);
}

TEST(SizeLimitsTest, BlocksOfCodesAreCountedExactly) {
  EXPECT_EQ(Int8CodeBytes(kRows, kDim), kRows * kDim);
  EXPECT_EQ(Int8CodeBytes(kRows - 1, kDim - 3), kRows * kDim);
  EXPECT_EQ(Int8CodeBytes(0, kDim), 0u);
}

// 2^40 arcs are numbers of arcs, and nothing is made of them that wraps.
TEST(SizeLimitsTest, ArcsHave64Bits) {
  static_assert(std::is_same_v<decltype(Graph().num_arcs()), uint64_t>);
  static_assert(std::is_same_v<Graph::Csr::edges_size_type, uint64_t>);
  static_assert(
      std::is_same_v<decltype(EdgeSourceOptions().draws_per_epoch), uint64_t>);
  const Graph graph({0, 1, 2}, {1, 0}, {}, true);
  for (const uint64_t draws : {uint64_t{1} << 40, uint64_t{1} << 62}) {
    const auto source = EdgeSource::Create(graph, {draws, 1, 1});
    ASSERT_TRUE(source.ok()) << source.status();
    EXPECT_EQ((*source)->num_chunks(), draws / EdgeSource::kChunkDraws);
    SequenceBatch batch;
    ASSERT_TRUE((*source)->Read(0, (*source)->num_chunks() - 1, &batch).ok());
    EXPECT_EQ(batch.first_sequence, draws - EdgeSource::kChunkDraws);
    EXPECT_EQ(batch.ends.size(), EdgeSource::kChunkDraws);
  }
  for (const uint64_t draws : {(uint64_t{1} << 62) + 1, kMost}) {
    EXPECT_EQ(EdgeSource::Create(graph, {draws, 1, 1}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

class EndlessSource : public SequenceSource {
 public:
  uint64_t num_chunks() const override { return uint64_t{1} << 40; }
  absl::Status Read(uint32_t, uint64_t, SequenceBatch*) override {
    return absl::InternalError("nothing was to be read");
  }
};

TEST(SizeLimitsTest, MoreUnitsThanCanBeCountedAreRefused) {
  EndlessSource source;
  TrainerOptions options;
  options.epochs = std::numeric_limits<uint32_t>::max();
  const absl::Status status = Trainer::Create(options)
                                  ->Run(&source, RecordingObjective(), nullptr)
                                  .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("4294967295"));
}

TEST(SizeLimitsTest, SizesOfTheFlagAreReadByUnits) {
  const std::vector<std::pair<std::string, uint64_t>> good = {
      {"1", 1},
      {"123456", 123456},
      {"2GiB", uint64_t{2} << 30},
      {"1.5 g", uint64_t{3} << 29},
      {"800kib", 800 << 10},
      {"500MB", uint64_t{500} << 20},
      {" 3T ", uint64_t{3} << 40}};
  for (const auto& [text, bytes] : good) {
    const auto parsed = ParseBytes(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, bytes) << text;
  }
  for (const char* const bad : {"", "0", "-1", "x", "GiB", "nan", "inf", "1e30",
                                "1.5.2", "3 X", "9000000000T"}) {
    const absl::Status status = ParseBytes(bad).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace size_limits_test
}  // namespace embed
