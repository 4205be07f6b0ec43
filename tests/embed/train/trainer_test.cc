#include "embed/train/trainer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "embed/train/skip_gram.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/recording_objective.h"

namespace embed {
namespace trainer_test {

// A user's own source: chunk c of epoch e is one made-up sequence.
class MadeUpSource : public SequenceSource {
 public:
  explicit MadeUpSource(uint64_t chunks) : chunks_(chunks) {}
  uint64_t num_chunks() const override { return chunks_; }
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override {
    batch->Clear(chunk);
    batch->ids = Ids(epoch, chunk);
    batch->EndSequence();
    return absl::OkStatus();
  }
  static std::vector<uint32_t> Ids(uint32_t epoch, uint64_t chunk) {
    const uint32_t number = static_cast<uint32_t>(chunk);
    return {number, epoch, number + epoch};
  }

 private:
  uint64_t chunks_;
};

// Each chunk of each epoch once, with the rate of its place in the work.
TEST(TrainerTest, HandsOutEveryChunkOnceWithItsLearningRate) {
  constexpr uint64_t kChunks = 23;
  for (const int threads : {1, 2, 3, 4}) {
    for (const double floor : {0.0, 1e-4, 0.3, 1.0}) {
      TrainerOptions options;
      options.threads = threads;
      options.epochs = 4;
      options.learning_rate = 0.8;
      options.min_rate_ratio = floor;
      MadeUpSource source(kChunks);
      RecordingObjective objective;
      const TrainResult result =
          *Trainer::Create(options)->Run(&source, objective, nullptr);
      EXPECT_EQ(objective.workers(), threads);
      EXPECT_EQ(result.stats.tokens, 3 * 4 * kChunks);
      EXPECT_EQ(result.stats.examples, 3 * 4 * kChunks);
      std::map<std::pair<uint32_t, uint64_t>, int> seen;
      for (const RecordingObjective::Visit& visit : objective.visits()) {
        ++seen[{visit.epoch, visit.first_sequence}];
        EXPECT_EQ(visit.ids,
                  MadeUpSource::Ids(visit.epoch, visit.first_sequence));
        const double place =
            static_cast<double>(visit.epoch * kChunks + visit.first_sequence);
        const double work = 4.0 * kChunks;
        EXPECT_NEAR(visit.rate.first, 0.8 * std::max(floor, 1 - place / work),
                    1e-12);
        EXPECT_NEAR(visit.rate.last,
                    0.8 * std::max(floor, 1 - (place + 1) / work), 1e-12);
      }
      EXPECT_EQ(seen.size(), 4 * kChunks);
      EXPECT_EQ(objective.visits().size(), 4 * kChunks);
    }
  }
}

TEST(TrainerTest, OneThreadTakesTheChunksInOrder) {
  MadeUpSource source(10);
  RecordingObjective objective;
  TrainerOptions options;
  options.epochs = 3;
  ASSERT_TRUE(Trainer::Create(options)->Run(&source, objective, nullptr).ok());
  ASSERT_EQ(objective.visits().size(), 30u);
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(objective.visits()[i].epoch, i / 10);
    EXPECT_EQ(objective.visits()[i].first_sequence, i % 10);
  }
}

TEST(TrainerTest, ReportsTheMeanLoss) {
  MadeUpSource source(100);
  RecordingObjective objective;
  TrainerOptions options;
  options.epochs = 2;
  options.threads = 3;
  const TrainResult result =
      *Trainer::Create(options)->Run(&source, objective, nullptr);
  double loss = 0;
  for (uint32_t epoch = 0; epoch < 2; ++epoch) {
    for (uint64_t chunk = 0; chunk < 100; ++chunk) {
      loss += RecordingObjective::LossOf(MadeUpSource::Ids(epoch, chunk));
    }
  }
  EXPECT_DOUBLE_EQ(result.stats.loss, loss);
  EXPECT_DOUBLE_EQ(result.mean_loss, loss / 600);
  EXPECT_GT(result.seconds, 0);
}

TEST(TrainerTest, ReportsProgressOnTheCallersThread) {
  MadeUpSource source(100);
  RecordingObjective objective;
  objective.duration = std::chrono::microseconds(500);
  TrainerOptions options;
  options.epochs = 1;
  options.threads = 2;
  options.progress_seconds = 0.002;
  std::vector<TrainProgress> reports;
  const std::thread::id caller = std::this_thread::get_id();
  const auto progress = [&](const TrainProgress& report) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    reports.push_back(report);
    return true;
  };
  ASSERT_TRUE(Trainer::Create(options)->Run(&source, objective, progress).ok());
  ASSERT_GE(reports.size(), 2u);
  double fraction = 0;
  for (size_t i = 0; i < reports.size(); ++i) {
    EXPECT_GE(reports[i].fraction, fraction);
    fraction = reports[i].fraction;
    EXPECT_EQ(reports[i].last, i + 1 == reports.size());
    EXPECT_EQ(reports[i].examples, reports[i].tokens);
  }
  const TrainProgress& last = reports.back();
  EXPECT_EQ(last.fraction, 1);
  EXPECT_EQ(last.tokens, 300u);
  EXPECT_EQ(last.seconds_left, 0);
  EXPECT_NEAR(last.learning_rate, 0.025 * 1e-4, 0.025 * 0.021);
}

// Every report at once, none at all: not a bit of the tables may differ.
TEST(TrainerTest, OneThreadGivesTheSameTablesWhateverIsWatched) {
  constexpr uint32_t kIds = 30;
  MemorySource source(RandomSequences(300, kIds, 1), 5);
  const auto train = [&](const ProgressCallback& progress, double seconds) {
    EmbeddingTable input = *EmbeddingTable::Create(kIds, 24);
    EmbeddingTable output = *EmbeddingTable::Create(kIds, 24);
    input.FillUniform(0.02f, 1, 1);
    const auto objective =
        *SkipGram::Create({}, source.Counts(kIds), &input, &output);
    TrainerOptions options;
    options.progress_seconds = seconds;
    const TrainResult result =
        *Trainer::Create(options)->Run(&source, *objective, progress);
    std::vector<float> floats(input.data(),
                              input.data() + input.bytes() / sizeof(float));
    floats.insert(floats.end(), output.data(),
                  output.data() + output.bytes() / sizeof(float));
    return std::make_pair(floats, result.mean_loss);
  };
  const auto silent = train(nullptr, 1);
  int calls = 0;
  const auto watched =
      train([&](const TrainProgress&) { return ++calls > 0; }, 1e-5);
  EXPECT_GT(calls, 0);
  EXPECT_EQ(std::memcmp(silent.first.data(), watched.first.data(),
                        silent.first.size() * sizeof(float)),
            0);
  EXPECT_EQ(silent.second, watched.second);
}

}  // namespace trainer_test
}  // namespace embed
