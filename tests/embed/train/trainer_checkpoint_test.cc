// A training that was stopped and goes on ends with the same bits as one that
// was not.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "embed/train/cbow.h"
#include "embed/train/hogwild_schedule.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace trainer_checkpoint_test {

using testing::HasSubstr;

constexpr uint32_t kIds = 30;
constexpr int kDim = 24;
constexpr uint32_t kEpochs = 3;
constexpr uint64_t kChunks = 20;
constexpr uint64_t kUnits = kEpochs * kChunks;

// Keeps every checkpoint whole.
class MemorySink : public CheckpointSink {
 public:
  struct Kept {
    Checkpoint View() const {
      Checkpoint checkpoint{position, {}, extra};
      for (const auto& [name, values] : arrays) {
        checkpoint.arrays.push_back({name, absl::MakeConstSpan(values)});
      }
      return checkpoint;
    }
    TrainingPosition position;
    std::vector<std::pair<std::string, std::vector<float>>> arrays;
    std::string extra;
  };

  void Write(const Checkpoint& checkpoint) override {
    EXPECT_EQ(writing_.exchange(true), false);
    std::this_thread::sleep_for(duration);
    Kept one{checkpoint.position, {}, checkpoint.extra};
    for (const Checkpoint::Array& array : checkpoint.arrays) {
      one.arrays.emplace_back(
          array.name,
          std::vector<float>(array.values.begin(), array.values.end()));
    }
    kept.push_back(std::move(one));
    writing_ = false;
  }
  std::string Extra() override { return std::to_string(extras_++); }

  std::vector<Kept> kept;
  std::chrono::microseconds duration{0};

 private:
  std::atomic<bool> writing_{false};
  int extras_ = 0;
};

enum class Method { kSkipGram, kCbow };

// Fresh tables with an objective over them.
struct Model {
  explicit Model(Method method, const MemorySource& source)
      : input(*EmbeddingTable::Create(kIds, kDim)),
        output(*EmbeddingTable::Create(kIds, kDim)) {
    input.FillUniform(0.02f, 1, 1);
    const std::vector<uint64_t> counts = source.Counts(kIds);
    if (method == Method::kCbow) {
      objective =
          *Cbow::Create({}, CbowGradient::kExact, counts, &input, &output);
    } else {
      objective = *SkipGram::Create({}, counts, &input, &output);
    }
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
  std::unique_ptr<Objective> objective;
};

class TrainerCheckpointTest : public testing::TestWithParam<Method> {
 protected:
  TrainerCheckpointTest() : source_(RandomSequences(200, kIds, 1), 10) {
    options_.epochs = kEpochs;
  }

  absl::StatusOr<TrainResult> Run(const Model& model, const TrainHooks& hooks) {
    HogwildSchedule schedule(&source_, model.objective.get(), options_.rate(),
                             kEpochs, options_.threads);
    return Trainer::Create(options_)->Run(&schedule, *model.objective, hooks);
  }

  // What a run without any stop gives.
  std::pair<std::vector<float>, TrainResult> Whole() {
    const Model model(GetParam(), source_);
    const TrainResult result = *Run(model, {});
    return {model.Floats(), result};
  }

  // Goes on from the checkpoint in a model of other values.
  void ExpectSameEnd(const MemorySink::Kept& kept) {
    const auto whole = Whole();
    Model model(GetParam(), source_);
    model.input.FillUniform(5.0f, 99, 1);
    const Checkpoint checkpoint = kept.View();
    TrainHooks hooks;
    hooks.resume = &checkpoint;
    std::vector<double> losses;
    hooks.epoch = [&](const EpochReport& report) {
      losses.push_back(report.mean_loss);
      return true;
    };
    const TrainResult result = *Run(model, hooks);
    const std::vector<float> floats = model.Floats();
    ASSERT_EQ(floats.size(), whole.first.size());
    EXPECT_EQ(std::memcmp(floats.data(), whole.first.data(),
                          floats.size() * sizeof(float)),
              0)
        << "from unit " << kept.position.next_unit;
    EXPECT_EQ(result.stats.loss, whole.second.stats.loss);
    EXPECT_EQ(result.stats.examples, whole.second.stats.examples);
    EXPECT_EQ(result.mean_loss, whole.second.mean_loss);
    EXPECT_EQ(losses.size(), kEpochs - kept.position.next_unit / kChunks);
  }

  // Stops before unit `unit`.
  MemorySink::Kept StopAt(uint64_t unit) {
    const Model model(GetParam(), source_);
    MemorySink sink;
    uint64_t asked = 0;
    TrainHooks hooks;
    hooks.checkpoints = &sink;
    hooks.stop = [&] { return asked++ == unit; };
    const absl::Status status = Run(model, hooks).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
    EXPECT_EQ(sink.kept.size(), 1u);
    return sink.kept.at(0);
  }

  MemorySource source_;
  TrainerOptions options_;
};

INSTANTIATE_TEST_SUITE_P(Methods, TrainerCheckpointTest,
                         testing::Values(Method::kSkipGram, Method::kCbow),
                         [](const auto& test) {
                           return test.param == Method::kCbow ? "Cbow"
                                                              : "SkipGram";
                         });

TEST_P(TrainerCheckpointTest, StoppedAndResumedAnywhereGivesTheSameBits) {
  // At the start, within epochs, at both sides of an end of one, at the end.
  for (const uint64_t unit : {0u, 1u, 7u, 19u, 20u, 21u, 40u, 59u}) {
    const MemorySink::Kept kept = StopAt(unit);
    EXPECT_EQ(kept.position.next_unit, unit);
    EXPECT_EQ(kept.position.units, kUnits);
    if (unit % kChunks == 0) {
      EXPECT_EQ(kept.position.epoch.examples, 0u);
    }
    ExpectSameEnd(kept);
  }
}

TEST_P(TrainerCheckpointTest, CheckpointsByTheClockDisturbNothing) {
  const auto whole = Whole();
  const Model model(GetParam(), source_);
  MemorySink sink;
  options_.checkpoint_seconds = 1e-5;
  TrainHooks hooks;
  hooks.checkpoints = &sink;
  ASSERT_TRUE(Run(model, hooks).ok());
  EXPECT_EQ(model.Floats(), whole.first);
  ASSERT_GT(sink.kept.size(), 0u);
  options_.checkpoint_seconds = 0;
  const size_t step = sink.kept.size() / 8 + 1;
  for (size_t i = 0; i < sink.kept.size(); i += step) {
    EXPECT_EQ(sink.kept[i].extra, std::to_string(i));
    ExpectSameEnd(sink.kept[i]);
  }
}

// The file is written while training goes on: its numbers are those of the
// pause all the same.
TEST_P(TrainerCheckpointTest, ASlowSinkSeesNothingOfLaterSteps) {
  const Model model(GetParam(), source_);
  MemorySink sink;
  sink.duration = std::chrono::milliseconds(2);
  options_.checkpoint_seconds = 1e-5;
  TrainHooks hooks;
  hooks.checkpoints = &sink;
  ASSERT_TRUE(Run(model, hooks).ok());
  ASSERT_GT(sink.kept.size(), 0u);
  options_.checkpoint_seconds = 0;
  ExpectSameEnd(sink.kept.back());
}

TEST_P(TrainerCheckpointTest, SeveralThreadsKeepWholeUnits) {
  options_.threads = 3;
  options_.checkpoint_seconds = 1e-5;
  const Model model(GetParam(), source_);
  MemorySink sink;
  TrainHooks hooks;
  hooks.checkpoints = &sink;
  const TrainResult whole = *Run(model, hooks);
  ASSERT_GT(sink.kept.size(), 0u);
  options_.checkpoint_seconds = 0;
  // Sequences in the units before; the tokens of each unit are known.
  const MemorySink::Kept& kept = sink.kept[sink.kept.size() / 2];
  uint64_t tokens = 0;
  SequenceBatch batch;
  for (uint64_t unit = 0; unit < kept.position.next_unit; ++unit) {
    ASSERT_TRUE(source_.Read(0, unit % kChunks, &batch).ok());
    tokens += batch.ids.size();
  }
  EXPECT_EQ(kept.position.total.tokens, tokens);
  const Checkpoint checkpoint = kept.View();
  hooks = TrainHooks();
  hooks.resume = &checkpoint;
  const Model resumed(GetParam(), source_);
  const TrainResult result = *Run(resumed, hooks);
  EXPECT_EQ(result.stats.tokens, whole.stats.tokens);
  EXPECT_EQ(result.stats.examples, whole.stats.examples);
}

TEST_P(TrainerCheckpointTest, ProgressGoesOnFromThePosition) {
  const MemorySink::Kept kept = StopAt(45);
  const Checkpoint checkpoint = kept.View();
  TrainHooks hooks;
  hooks.resume = &checkpoint;
  options_.progress_seconds = 1e-6;
  double smallest = 1;
  hooks.progress = [&](const TrainProgress& report) {
    smallest = std::min(smallest, report.fraction);
    EXPECT_EQ(report.epoch, 3u);
    EXPECT_GE(report.seconds, kept.position.seconds);
    EXPECT_GE(report.tokens, kept.position.total.tokens);
    return true;
  };
  const Model model(GetParam(), source_);
  ASSERT_TRUE(Run(model, hooks).ok());
  EXPECT_GE(smallest, 0.75);
}

TEST_P(TrainerCheckpointTest, RefusesWhatIsOfAnotherRun) {
  const MemorySink::Kept kept = StopAt(7);
  const Model model(GetParam(), source_);
  const std::vector<float> before = model.Floats();
  std::vector<std::function<void(Checkpoint*)>> changes = {
      [](Checkpoint* c) { c->position.units = 61; },
      [](Checkpoint* c) { c->position.next_unit = 61; },
      [](Checkpoint* c) { c->arrays.pop_back(); },
      [](Checkpoint* c) { c->arrays[0].name = "other"; },
      [](Checkpoint* c) { c->arrays[1].values.remove_suffix(1); }};
  for (const auto& change : changes) {
    Checkpoint checkpoint = kept.View();
    change(&checkpoint);
    TrainHooks hooks;
    hooks.resume = &checkpoint;
    const absl::Status status = Run(model, hooks).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("checkpoint"));
    EXPECT_EQ(model.Floats(), before);
  }
}

}  // namespace trainer_checkpoint_test
}  // namespace embed
