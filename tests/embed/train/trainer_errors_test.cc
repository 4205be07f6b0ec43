// What stops a training.
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "embed/train/hogwild_schedule.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/recording_objective.h"

namespace embed {
namespace trainer_errors_test {

using testing::HasSubstr;

// One-token chunks, of which one may be damaged.
class FragileSource : public SequenceSource {
 public:
  FragileSource(uint64_t chunks, uint64_t damaged)
      : chunks_(chunks), damaged_(damaged) {}
  uint64_t num_chunks() const override { return chunks_; }
  absl::Status Read(uint32_t /*epoch*/, uint64_t chunk,
                    SequenceBatch* batch) override {
    ++reads_;
    if (chunk == damaged_) return absl::DataLossError("log, line 7: torn");
    *batch = MakeBatch(chunk, {{1}});
    return absl::OkStatus();
  }
  uint64_t reads() const { return reads_; }

 private:
  const uint64_t chunks_;
  const uint64_t damaged_;
  std::atomic<uint64_t> reads_{0};
};

constexpr uint64_t kNone = ~uint64_t{0};

TEST(TrainerErrorsTest, RefusesBadOptionsNamingThem) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<TrainerOptions, std::string>> bad = {
      {{0, 0.1, 0, 1, 1}, "epochs is 0"},
      {{1, 0, 0, 1, 1}, "learning_rate is 0"},
      {{1, -1, 0, 1, 1}, "learning_rate is -1"},
      {{1, kNan, 0, 1, 1}, "learning_rate is nan"},
      {{1, kInfinity, 0, 1, 1}, "learning_rate is inf"},
      {{1, 0.1, -0.5, 1, 1}, "floor of learning_rate is -0.5"},
      {{1, 0.1, 2, 1, 1}, "floor of learning_rate is 2"},
      {{1, 0.1, 0, 0, 1}, "threads is 0"},
      {{1, 0.1, 0, 5000, 1}, "threads is 5000"},
      {{1, 0.1, 0, 1, 0}, "progress_seconds is 0"},
      {{1, 0.1, 0, 1, kInfinity}, "progress_seconds is inf"},
  };
  for (const auto& [options, message] : bad) {
    const absl::Status status = Trainer::Create(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_EQ(options.Validate(), status);
  }
  EXPECT_TRUE(TrainerOptions().Validate().ok());
}

TEST(TrainerErrorsTest, RefusesASourceWithoutChunks) {
  FragileSource source(0, kNone);
  EXPECT_EQ(Trainer::Create({})
                ->Run(&source, RecordingObjective(), nullptr)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(TrainerErrorsTest, AnErrorOfTheSourceStopsWithThatError) {
  for (const int threads : {1, 3}) {
    TrainerOptions options;
    options.threads = threads;
    FragileSource source(1000000, 7);
    bool ended = false;
    const absl::Status status = Trainer::Create(options)
                                    ->Run(&source, RecordingObjective(),
                                          [&](const TrainProgress& report) {
                                            ended = ended || report.last;
                                            return true;
                                          })
                                    .status();
    EXPECT_EQ(status, absl::DataLossError("log, line 7: torn"));
    EXPECT_FALSE(ended);
    if (threads == 1) {
      EXPECT_EQ(source.reads(), 8u);
    }
    EXPECT_LT(source.reads(), 1000000u);
  }
}

// A source of the caller's may throw on any thread.
class ThrowingSource : public FragileSource {
 public:
  using FragileSource::FragileSource;
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override {
    if (chunk == 7) throw std::bad_alloc();
    return FragileSource::Read(epoch, chunk, batch);
  }
};

TEST(TrainerErrorsTest, WhatASourceThrowsIsAnError) {
  for (const int threads : {1, 3}) {
    TrainerOptions options;
    options.threads = threads;
    ThrowingSource source(1000000, kNone);
    EXPECT_EQ(Trainer::Create(options)
                  ->Run(&source, RecordingObjective(), nullptr)
                  .status(),
              absl::ResourceExhaustedError("out of memory"));
    EXPECT_LT(source.reads(), 1000000u);
  }
}

TEST(TrainerErrorsTest, WhatTheCallbackThrowsStopsAndReachesTheCaller) {
  TrainerOptions options;
  options.threads = 2;
  options.progress_seconds = 0.001;
  FragileSource source(1000000, kNone);  // for minutes, if not stopped
  RecordingObjective objective;
  objective.duration = std::chrono::microseconds(200);
  EXPECT_THROW((void)Trainer::Create(options)->Run(
                   &source, objective,
                   [](const TrainProgress&) -> bool {
                     throw std::runtime_error("the window was closed");
                   }),
               std::runtime_error);
  EXPECT_LT(source.reads(), 1000000u);
}

TEST(TrainerErrorsTest, TheCallbackStopsTheTraining) {
  TrainerOptions options;
  options.threads = 2;
  options.progress_seconds = 0.001;
  FragileSource source(1000000, kNone);  // for minutes, if not stopped
  RecordingObjective objective;
  objective.duration = std::chrono::microseconds(200);
  int calls = 0;
  const absl::Status status =
      Trainer::Create(options)
          ->Run(&source, objective,
                [&](const TrainProgress&) { return ++calls < 3; })
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(calls, 3);
  EXPECT_LT(source.reads(), 1000000u);
}

TEST(TrainerErrorsTest, ALossThatIsNoNumberStopsNamingTheEpoch) {
  FragileSource source(10, kNone);
  RecordingObjective objective;
  objective.nan_epoch = 2;
  const absl::Status status =
      Trainer::Create({})->Run(&source, objective, nullptr).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("epoch 3, step 21 of 50: the mean loss is nan; lower "
                        "the learning rate (now 0.025)"));
  EXPECT_EQ(objective.visits().size(), 21u);
}

TEST(TrainerErrorsTest, TooHighALearningRateIsNoticed) {
  MemorySource source(RandomSequences(50, 10, 1), 5);
  EmbeddingTable input = *EmbeddingTable::Create(10, 8);
  EmbeddingTable output = *EmbeddingTable::Create(10, 8);
  input.FillUniform(0.1f, 1, 1);
  const auto objective =
      *SkipGram::Create({}, source.Counts(10), &input, &output);
  TrainerOptions options;
  options.learning_rate = 1e25;
  const absl::Status status =
      Trainer::Create(options)->Run(&source, *objective, nullptr).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("learning rate"));
}

// Its loss is fine, but from a unit on the numbers of its table are not.
class SpoilingObjective : public RecordingObjective {
 public:
  SpoilingObjective(uint64_t unit, float number)
      : unit_(unit), number_(number), values_(100, 0.5f) {}
  std::unique_ptr<Worker> NewWorker() const override {
    return std::make_unique<Spoiler>(this);
  }
  std::vector<TrainedArray> State() const override {
    return {{"table", absl::MakeSpan(values_)}};
  }

 private:
  struct Spoiler : public Worker {
    explicit Spoiler(const SpoilingObjective* o) : owner(o) {}
    void Train(uint32_t /*epoch*/, const SequenceBatch& /*batch*/,
               const RateRange& /*rate*/, TrainStats* stats) override {
      stats->examples += 1;
      stats->loss += 1;
      if (owner->units_++ == owner->unit_) owner->values_[77] = owner->number_;
    }
    const SpoilingObjective* const owner;
  };

  const uint64_t unit_;
  const float number_;
  mutable uint64_t units_ = 0;
  mutable std::vector<float> values_;
};

// Counts the checkpoints, none of which may hold what is spoilt.
class CleanSink : public CheckpointSink {
 public:
  void Write(const Checkpoint& checkpoint) override {
    ++written;
    for (const float value : checkpoint.arrays.at(0).values) {
      EXPECT_EQ(value, 0.5f);
    }
  }
  int written = 0;
};

TEST(TrainerErrorsTest, NumbersThatExplodeStopAtTheEndOfTheEpoch) {
  for (const float number :
       {std::numeric_limits<float>::quiet_NaN(),
        -std::numeric_limits<float>::infinity(), 2e15f, -2e15f}) {
    FragileSource source(10, kNone);
    const SpoilingObjective objective(23, number);
    const absl::Status status =
        Trainer::Create({})->Run(&source, objective, nullptr).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("epoch 3, step 30 of 50: the table table has"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("learning rate"));
    EXPECT_EQ(source.reads(), 30u);
  }
  FragileSource source(10, kNone);
  const SpoilingObjective large(23, 0.9e15f);
  EXPECT_TRUE(Trainer::Create({})->Run(&source, large, nullptr).ok());
}

TEST(TrainerErrorsTest, NoCheckpointIsMadeOfNumbersThatExploded) {
  FragileSource source(10, kNone);
  const SpoilingObjective objective(4, 1e20f);
  TrainerOptions options;
  HogwildSchedule schedule(&source, &objective, options.rate(), options.epochs,
                           1);
  CleanSink sink;
  TrainHooks hooks;
  hooks.checkpoints = &sink;
  hooks.stop = [&] { return source.reads() == 3; };
  EXPECT_TRUE(absl::IsCancelled(
      Trainer::Create(options)->Run(&schedule, objective, hooks).status()));
  EXPECT_EQ(sink.written, 1);
  hooks.stop = [&] { return source.reads() == 8; };
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Trainer::Create(options)->Run(&schedule, objective, hooks).status()));
  EXPECT_EQ(sink.written, 1);
}

}  // namespace trainer_errors_test
}  // namespace embed
