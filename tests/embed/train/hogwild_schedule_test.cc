#include "embed/train/hogwild_schedule.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/embed/base/no_new_threads.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/recording_objective.h"

namespace embed {
namespace hogwild_schedule_test {

// Notes the units done; asks for a pause, or fails, after so many of them.
class TestMonitor : public WorkMonitor {
 public:
  absl::Status UnitDone(uint64_t unit, const TrainStats& stats) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    units_.push_back(unit);
    tokens_ += stats.tokens;
    return units_.size() > fail_after ? absl::AbortedError("enough")
                                      : absl::OkStatus();
  }
  bool PauseRequested() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return units_.size() >= pause_after;
  }

  std::vector<uint64_t> SortedUnits() const {
    std::vector<uint64_t> units = units_;
    std::sort(units.begin(), units.end());
    return units;
  }
  uint64_t tokens() const { return tokens_; }

  size_t pause_after = ~size_t{0};
  size_t fail_after = ~size_t{0};

 private:
  std::mutex mutex_;
  std::vector<uint64_t> units_;
  uint64_t tokens_ = 0;
};

std::vector<uint64_t> Range(uint64_t begin, uint64_t end) {
  std::vector<uint64_t> range;
  for (uint64_t i = begin; i < end; ++i) range.push_back(i);
  return range;
}

// 20 chunks of one sequence of one id.
MemorySource TwentyChunks() {
  return MemorySource(std::vector<Sequence>(20, {7}), 1);
}

TEST(HogwildScheduleTest, DoesTheUnitsAskedForAndNoOther) {
  for (const int threads : {1, 2, 5}) {
    MemorySource source = TwentyChunks();
    RecordingObjective objective;
    HogwildSchedule schedule(&source, &objective, {}, 3, threads);
    EXPECT_EQ(schedule.units_per_epoch(), 20u);
    TestMonitor monitor;
    EXPECT_EQ(*schedule.Run(23, 37, &monitor), 37u);
    EXPECT_EQ(monitor.SortedUnits(), Range(23, 37));
    EXPECT_EQ(monitor.tokens(), 14u);
    for (const RecordingObjective::Visit& visit : objective.visits()) {
      EXPECT_EQ(visit.epoch, 1u);
    }
  }
}

TEST(HogwildScheduleTest, RatesAreThoseOfThePlaceInTheRun) {
  MemorySource source = TwentyChunks();
  RecordingObjective objective;
  LearningRate rate;
  rate.rate = 0.5;
  rate.shape = RateShape::kCosine;
  HogwildSchedule schedule(&source, &objective, rate, 2, 1);
  TestMonitor monitor;
  ASSERT_EQ(*schedule.Run(30, 31, &monitor), 31u);
  ASSERT_EQ(objective.visits().size(), 1u);
  EXPECT_EQ(objective.visits()[0].rate.first, rate.At(0.75));
  EXPECT_EQ(objective.visits()[0].rate.last, rate.At(31.0 / 40));
}

// All before the unit that Run() names are done, none from it on.
TEST(HogwildScheduleTest, APauseEndsBetweenTwoUnits) {
  for (const int threads : {1, 2, 5}) {
    MemorySource source = TwentyChunks();
    RecordingObjective objective;
    objective.duration = std::chrono::microseconds(100);
    HogwildSchedule schedule(&source, &objective, {}, 1, threads);
    uint64_t next = 0;
    std::vector<uint64_t> done;
    for (int leg = 0; next < 20; ++leg) {
      ASSERT_LT(leg, 20);
      TestMonitor monitor;
      monitor.pause_after = 3;
      const uint64_t reached = *schedule.Run(next, 20, &monitor);
      EXPECT_EQ(monitor.SortedUnits(), Range(next, reached));
      EXPECT_LE(reached, next + 3 + static_cast<uint64_t>(threads));
      next = reached;
    }
    EXPECT_EQ(next, 20u);
    // Workers are kept from one leg to the next.
    EXPECT_LE(objective.workers(), threads);
  }
}

TEST(HogwildScheduleTest, TheMonitorsErrorEndsTheRun) {
  for (const int threads : {1, 3}) {
    MemorySource source = TwentyChunks();
    RecordingObjective objective;
    HogwildSchedule schedule(&source, &objective, {}, 1, threads);
    TestMonitor monitor;
    monitor.fail_after = 4;
    EXPECT_EQ(schedule.Run(0, 20, &monitor).status(),
              absl::AbortedError("enough"));
    EXPECT_LE(objective.visits().size(), 4u + static_cast<size_t>(threads));
  }
}

TEST(HogwildScheduleTest, WorksWithTheThreadsThereAre) {
  MemorySource source = TwentyChunks();
  RecordingObjective objective;
  HogwildSchedule schedule(&source, &objective, {}, 1, 4);
  TestMonitor monitor;
  const NoNewThreads limit;
  EXPECT_EQ(*schedule.Run(0, 20, &monitor), 20u);
  EXPECT_EQ(monitor.SortedUnits(), Range(0, 20));
}

}  // namespace hogwild_schedule_test
}  // namespace embed
