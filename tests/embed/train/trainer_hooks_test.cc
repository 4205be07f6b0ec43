// What a caller can hang into a training: its own schedule and objective, the
// end of epochs, stopping.
#include <atomic>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "embed/train/hogwild_schedule.h"
#include "embed/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/no_new_threads.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/recording_objective.h"
#include "tests/embed/train/triple_objective.h"

namespace embed {
namespace trainer_hooks_test {

using testing::ElementsAre;
using testing::HasSubstr;

// A schedule that knows no source: unit u has u + 1 examples of loss u each.
class CountingSchedule : public Schedule {
 public:
  struct Leg {
    uint64_t begin, end;
    bool operator==(const Leg& other) const {
      return begin == other.begin && end == other.end;
    }
  };

  uint64_t units_per_epoch() const override { return 4; }
  absl::StatusOr<uint64_t> Run(uint64_t begin, uint64_t end,
                               WorkMonitor* monitor) override {
    legs.push_back({begin, end});
    for (uint64_t unit = begin; unit < end; ++unit) {
      if (monitor->PauseRequested()) return unit;
      TrainStats stats;
      stats.tokens = 10;
      stats.examples = unit + 1;
      stats.loss = static_cast<double>(unit * (unit + 1));
      const absl::Status status = monitor->UnitDone(unit, stats);
      if (!status.ok()) return status;
    }
    return end;
  }

  std::vector<Leg> legs;
};

Trainer MakeTrainer(uint32_t epochs, int threads = 1) {
  TrainerOptions options;
  options.epochs = epochs;
  options.threads = threads;
  return *Trainer::Create(options);
}

TEST(TrainerHooksTest, RunsAnyScheduleEpochByEpoch) {
  CountingSchedule schedule;
  std::vector<EpochReport> reports;
  TrainHooks hooks;
  hooks.epoch = [&](const EpochReport& report) {
    reports.push_back(report);
    return true;
  };
  const TrainResult result =
      *MakeTrainer(3).Run(&schedule, RecordingObjective(), hooks);
  EXPECT_THAT(schedule.legs, ElementsAre(CountingSchedule::Leg{0, 4},
                                         CountingSchedule::Leg{4, 8},
                                         CountingSchedule::Leg{8, 12}));
  EXPECT_EQ(result.epochs, 3u);
  EXPECT_FALSE(result.stopped_early);
  EXPECT_EQ(result.stats.tokens, 120u);
  EXPECT_EQ(result.stats.examples, 78u);     // 1 + ... + 12
  EXPECT_DOUBLE_EQ(result.stats.loss, 572);  // sum of u (u + 1), u < 12
  EXPECT_DOUBLE_EQ(result.mean_loss, 572.0 / 78);
  ASSERT_EQ(reports.size(), 3u);
  EXPECT_EQ(reports[1].epoch, 2u);
  EXPECT_EQ(reports[1].epochs, 3u);
  EXPECT_EQ(reports[1].tokens, 40u);
  EXPECT_EQ(reports[1].examples, 26u);                 // 5 + 6 + 7 + 8
  EXPECT_DOUBLE_EQ(reports[1].mean_loss, 148.0 / 26);  // 20 + 30 + 42 + 56
}

// Takes longer to begin with a leg than it is to the next checkpoint.
class SlowSchedule : public CountingSchedule {
 public:
  absl::StatusOr<uint64_t> Run(uint64_t begin, uint64_t end,
                               WorkMonitor* monitor) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (legs.size() > 100) return absl::InternalError("it does not get on");
    return CountingSchedule::Run(begin, end, monitor);
  }
};

// Returns before the first unit of every epoch.
class HesitantSchedule : public CountingSchedule {
 public:
  absl::StatusOr<uint64_t> Run(uint64_t begin, uint64_t end,
                               WorkMonitor* monitor) override {
    if (legs.empty() || legs.back().begin != begin) {
      legs.push_back({begin, end});
      return begin;
    }
    return CountingSchedule::Run(begin, end, monitor);
  }
};

class NoSink : public CheckpointSink {
 public:
  void Write(const Checkpoint& /*checkpoint*/) override {}
};

TEST(TrainerHooksTest, GetsOnWhereCheckpointsAreDueAllTheTime) {
  SlowSchedule schedule;
  NoSink sink;
  TrainHooks hooks;
  hooks.checkpoints = &sink;
  TrainerOptions options;
  options.epochs = 3;
  options.checkpoint_seconds = 1e-9;
  const auto result =
      Trainer::Create(options)->Run(&schedule, RecordingObjective(), hooks);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->stats.tokens, 120u);
}

TEST(TrainerHooksTest, ALegWithoutAUnitEndsNoEpoch) {
  HesitantSchedule schedule;
  std::vector<uint64_t> examples;
  TrainHooks hooks;
  hooks.epoch = [&](const EpochReport& report) {
    examples.push_back(report.examples);
    return true;
  };
  ASSERT_TRUE(MakeTrainer(3).Run(&schedule, RecordingObjective(), hooks).ok());
  EXPECT_EQ(schedule.legs.size(), 6u);
  EXPECT_THAT(examples, ElementsAre(10, 26, 42));
}

TEST(TrainerHooksTest, TheEpochCallbackEndsTheTrainingWithoutAnError) {
  CountingSchedule schedule;
  TrainHooks hooks;
  hooks.epoch = [](const EpochReport& report) { return report.epoch < 2; };
  int last_calls = 0;
  hooks.progress = [&](const TrainProgress& report) {
    last_calls += report.last ? 1 : 0;
    return true;
  };
  const TrainResult result =
      *MakeTrainer(5).Run(&schedule, RecordingObjective(), hooks);
  EXPECT_TRUE(result.stopped_early);
  EXPECT_EQ(result.epochs, 2u);
  EXPECT_EQ(result.stats.tokens, 80u);
  EXPECT_EQ(schedule.legs.size(), 2u);
  EXPECT_EQ(last_calls, 1);
}

TEST(TrainerHooksTest, StoppingAfterTheLastEpochIsNotEarly) {
  CountingSchedule schedule;
  TrainHooks hooks;
  hooks.epoch = [](const EpochReport& report) { return report.epoch < 2; };
  const TrainResult result =
      *MakeTrainer(2).Run(&schedule, RecordingObjective(), hooks);
  EXPECT_FALSE(result.stopped_early);
  EXPECT_EQ(result.epochs, 2u);
}

// Tables may be read and even changed in the callback.
TEST(TrainerHooksTest, NoUnitRunsDuringTheEpochCallback) {
  MemorySource source(std::vector<Sequence>(40, {1, 2}), 1);
  RecordingObjective objective;
  HogwildSchedule schedule(&source, &objective, {}, 3, 4);
  TrainHooks hooks;
  hooks.epoch = [&](const EpochReport& report) {
    EXPECT_EQ(objective.visits().size(), report.epoch * 40u);
    return true;
  };
  EXPECT_TRUE(MakeTrainer(3, 4).Run(&schedule, objective, hooks).ok());
}

TEST(TrainerHooksTest, StopEndsAtTheNextUnit) {
  for (const int threads : {1, 3}) {
    MemorySource source(std::vector<Sequence>(1000, {1}), 1);
    RecordingObjective objective;
    HogwildSchedule schedule(&source, &objective, {}, 1, threads);
    std::atomic<int> asked{0};
    TrainHooks hooks;
    hooks.stop = [&] { return ++asked > 5; };
    EXPECT_EQ(MakeTrainer(1, threads)
                  .Run(&schedule, objective, hooks)
                  .status()
                  .code(),
              absl::StatusCode::kCancelled);
    EXPECT_EQ(objective.visits().size(), 5u);
  }
}

TEST(TrainerHooksTest, StoppingBehindTheLastUnitIsTheEnd) {
  CountingSchedule schedule;
  int asked = 0;
  TrainHooks hooks;
  hooks.stop = [&] { return ++asked > 4; };
  EXPECT_TRUE(MakeTrainer(1).Run(&schedule, RecordingObjective(), hooks).ok());
}

TEST(TrainerHooksTest, WithoutAThreadItIsAnError) {
  MemorySource source({{1}}, 1);
  const NoNewThreads limit;
  const absl::Status status =
      MakeTrainer(1).Run(&source, RecordingObjective(), nullptr).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("thread"));
}

// Ids 0 to 9 are nodes, 10 and 11 relations; node x goes with x + 1 by either.
TEST(TrainerHooksTest, TriplesTrainThroughTheSameTrainer) {
  constexpr size_t kDim = 8;
  std::vector<Sequence> triples;
  for (uint32_t x = 0; x < 9; ++x) {
    triples.push_back({x, x + 1, 10});
    triples.push_back({x + 1, x, 11});
  }
  std::vector<float> table(12 * kDim);
  for (size_t i = 0; i < table.size(); ++i) {
    table[i] = 0.5f + 0.1f * std::sin(static_cast<float>(i));
  }
  std::vector<float> expected = table;
  MemorySource source(triples, 5);
  TrainerOptions options;
  options.epochs = 20;
  options.learning_rate = 0.1;
  options.rate_shape = RateShape::kConstant;
  const TripleObjective objective(&table, kDim);
  const TrainResult result =
      *Trainer::Create(options)->Run(&source, objective, nullptr);

  double loss = 0;
  for (uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
    for (const Sequence& triple : triples) {
      loss += TripleObjective::Step(triple, 0.1f, kDim, &expected);
    }
  }
  EXPECT_EQ(table, expected);
  EXPECT_EQ(result.stats.examples, 18u * 20);
  EXPECT_NEAR(result.stats.loss, loss, 1e-9 * loss);
}

}  // namespace trainer_hooks_test
}  // namespace embed
