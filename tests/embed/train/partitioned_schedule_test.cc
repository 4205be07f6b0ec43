// The tables do not depend on the number of threads, nor on where a run was
// stopped; every example of the source is trained once an epoch.
#include "embed/train/partitioned_schedule.h"

#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "embed/train/hogwild_schedule.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace partitioned_schedule_test {

constexpr uint32_t kIds = 200;
constexpr int kDim = 20;
constexpr uint32_t kEpochs = 3;

struct Model {
  explicit Model(const MemorySource& source)
      : input(*EmbeddingTable::Create(kIds, kDim)),
        output(*EmbeddingTable::Create(kIds, kDim)) {
    input.FillUniform(0.02f, 1, 1);
    objective = *SkipGram::Create({}, source.Counts(kIds), &input, &output);
  }
  std::vector<float> Floats() const {
    std::vector<float> floats;
    for (const TrainedArray& array : objective->State()) {
      floats.insert(floats.end(), array.values.begin(), array.values.end());
    }
    return floats;
  }
  EmbeddingTable input;
  EmbeddingTable output;
  std::unique_ptr<SkipGram> objective;
};

// Counts units and asks for a pause after one of them.
class CountingMonitor : public WorkMonitor {
 public:
  explicit CountingMonitor(uint64_t pause_after = ~uint64_t{0})
      : pause_after_(pause_after) {}
  absl::Status UnitDone(uint64_t unit, const TrainStats& stats) override {
    units.push_back(unit);
    total += stats;
    if (unit == fail_at) return absl::DataLossError("diverged");
    return absl::OkStatus();
  }
  bool PauseRequested() override {
    return !units.empty() && units.back() >= pause_after_;
  }
  std::vector<uint64_t> units;
  TrainStats total;
  uint64_t fail_at = ~uint64_t{0};

 private:
  const uint64_t pause_after_;
};

class PartitionedScheduleTest : public testing::TestWithParam<PairGrouping> {
 protected:
  PartitionedScheduleTest() : source_(RandomSequences(230, kIds, 4), 10) {}

  PartitionedSchedule Make(const Model& model, int threads,
                           uint64_t chunks = 4) {
    PartitionOptions partition;
    partition.parts = 4;
    partition.group_by = GetParam();
    partition.group_centers = 3;  // apart, so few rows would have 1
    return PartitionedSchedule(
        &source_, *model.objective->NewPairTraining(partition), chunks,
        {0.05, 1e-4, RateShape::kLinear}, kEpochs, threads);
  }

  // The tables after all epochs.
  std::vector<float> Train(int threads, TrainStats* stats = nullptr) {
    const Model model(source_);
    PartitionedSchedule schedule = Make(model, threads);
    const uint64_t units = schedule.units_per_epoch();
    for (uint32_t epoch = 0; epoch < kEpochs; ++epoch) {
      CountingMonitor monitor;
      const auto end =
          schedule.Run(epoch * units, (epoch + 1) * units, &monitor);
      EXPECT_EQ(end.value(), (epoch + 1) * units);
      if (stats != nullptr) *stats += monitor.total;
    }
    return model.Floats();
  }

  MemorySource source_;  // 23 chunks: rounds of 4, the last of 3
};

std::string NameOf(const testing::TestParamInfo<PairGrouping>& test) {
  switch (test.param) {
    case PairGrouping::kContext:
      return "ByContext";
    case PairGrouping::kCenter:
      return "ByCenter";
    case PairGrouping::kSpread:
      return "Spread";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Groupings, PartitionedScheduleTest,
                         testing::Values(PairGrouping::kContext,
                                         PairGrouping::kCenter,
                                         PairGrouping::kSpread),
                         NameOf);

TEST_P(PartitionedScheduleTest, AnyNumberOfThreadsGivesTheSameBits) {
  TrainStats one;
  const std::vector<float> expected = Train(1, &one);
  for (const int threads : {2, 3, 8}) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      TrainStats stats;
      EXPECT_EQ(Train(threads, &stats), expected) << threads << " threads";
      EXPECT_EQ(stats.loss, one.loss);
    }
  }
}

// Hogwild has the same windows, so the same examples.
TEST_P(PartitionedScheduleTest, TrainsEveryExampleOnce) {
  TrainStats stats;
  Train(2, &stats);
  const Model model(source_);
  HogwildSchedule schedule(&source_, model.objective.get(), {}, kEpochs, 1);
  CountingMonitor monitor;
  ASSERT_TRUE(
      schedule.Run(0, kEpochs * schedule.units_per_epoch(), &monitor).ok());
  EXPECT_EQ(stats.tokens, monitor.total.tokens);
  EXPECT_EQ(stats.examples, monitor.total.examples);
}

TEST_P(PartitionedScheduleTest, GoesOnAfterAPauseWithOtherThreads) {
  const std::vector<float> expected = Train(1);
  const Model model(source_);
  PartitionedSchedule first = Make(model, 3);
  PartitionedSchedule second = Make(model, 2);
  const uint64_t units = first.units_per_epoch();
  ASSERT_EQ(units, 6);
  uint64_t next = 0;
  for (int turn = 0; next < kEpochs * units; ++turn) {
    const uint64_t end = (next / units + 1) * units;
    CountingMonitor monitor(/*pause_after=*/next + 1);
    const auto reached =
        (turn % 2 == 0 ? first : second).Run(next, end, &monitor);
    ASSERT_TRUE(reached.ok());
    EXPECT_EQ(*reached, std::min(next + 2, end));
    EXPECT_EQ(monitor.units.size(), *reached - next);
    next = *reached;
  }
  EXPECT_EQ(model.Floats(), expected);
}

TEST_P(PartitionedScheduleTest, ReportsUnitsInOrder) {
  const Model model(source_);
  PartitionedSchedule schedule = Make(model, 4);
  CountingMonitor monitor;
  ASSERT_TRUE(schedule.Run(6, 12, &monitor).ok());
  EXPECT_EQ(monitor.units, (std::vector<uint64_t>{6, 7, 8, 9, 10, 11}));
}

TEST_P(PartitionedScheduleTest, EndsWithTheErrorOfTheMonitor) {
  const Model model(source_);
  for (const int threads : {1, 4}) {
    PartitionedSchedule schedule = Make(model, threads);
    CountingMonitor monitor;
    monitor.fail_at = 2;
    EXPECT_EQ(schedule.Run(0, 6, &monitor).status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(monitor.units.size(), 3);
  }
}

class BrokenSource : public MemorySource {
 public:
  using MemorySource::MemorySource;
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override {
    if (chunk == 9 && throws) throw std::bad_alloc();
    if (chunk == 9) return absl::NotFoundError("gone");
    return MemorySource::Read(epoch, chunk, batch);
  }

  bool throws = false;
};

TEST_P(PartitionedScheduleTest, EndsWithTheErrorOfTheSource) {
  const Model model(source_);
  BrokenSource broken(source_.sequences(), 10);
  for (const int threads : {1, 4}) {
    broken.throws = false;
    PartitionedSchedule schedule(&broken, *model.objective->NewPairTraining({}),
                                 4, {0.05, 1e-4, RateShape::kLinear}, 1,
                                 threads);
    CountingMonitor monitor;
    EXPECT_EQ(schedule.Run(0, 6, &monitor).status().code(),
              absl::StatusCode::kNotFound);
    broken.throws = true;
    EXPECT_EQ(schedule.Run(0, 6, &monitor).status().code(),
              absl::StatusCode::kResourceExhausted);
  }
}

// All ids in one part's buckets, and more parts than ids: buckets stay empty.
TEST_P(PartitionedScheduleTest, TakesMorePartsThanRows) {
  const MemorySource few(RandomSequences(20, 3, 5), 5);
  std::vector<std::vector<float>> tables;
  for (const int threads : {1, 3}) {
    MemorySource source = few;
    const Model model(source);
    PartitionOptions partition;
    partition.parts = 16;
    partition.group_by = GetParam();
    PartitionedSchedule schedule(
        &source, *model.objective->NewPairTraining(partition), 100,
        {0.05, 1e-4, RateShape::kLinear}, 1, threads);
    EXPECT_EQ(schedule.units_per_epoch(), 1);
    CountingMonitor monitor;
    ASSERT_TRUE(schedule.Run(0, 1, &monitor).ok());
    EXPECT_GT(monitor.total.examples, 0);
    tables.push_back(model.Floats());
  }
  EXPECT_EQ(tables[0], tables[1]);
}

TEST(ChunksPerRoundTest, HoldsAboutTheTokens) {
  const MemorySource source(RandomSequences(100, 10, 1), 10);  // 10 chunks
  PartitionOptions options;
  options.round_tokens = 100;
  EXPECT_EQ(ChunksPerRound(options, source, 200), 5);
  EXPECT_EQ(ChunksPerRound(options, source, 10), 10);
  EXPECT_EQ(ChunksPerRound(options, source, 1000000), 1);
  EXPECT_EQ(ChunksPerRound(options, source, 0), 10);
}

}  // namespace partitioned_schedule_test
}  // namespace embed
