#include "apps/common/epoch_evaluator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace epoch_evaluator_test {

using testing::HasSubstr;

EmbeddingTable MakeTable(uint64_t rows) {
  auto table = EmbeddingTable::Create(rows, 2);
  EXPECT_TRUE(table.ok()) << table.status();
  return *std::move(table);
}

// Five words whose vectors are set by hand, as if by epochs of a training.
class EpochEvaluatorTest : public testing::Test {
 protected:
  EpochEvaluatorTest() {
    auto vocabulary =
        Vocabulary::Create({"a", "b", "c", "d", "e"}, {5, 4, 3, 2, 1});
    EXPECT_TRUE(vocabulary.ok());
    vocabulary_ = *std::move(vocabulary);
    model_.input = MakeTable(5);
    model_.output = MakeTable(5);
    plan_.task = "wordsim";
    plan_.path = "some/pairs.tsv";
    plan_.pairs = {{"a", "b", 4},
                   {"a", "c", 3},
                   {"a", "d", 2},
                   {"a", "e", 1},
                   {"a", "unknown", 9}};
  }

  std::unique_ptr<EpochEvaluator> Create() {
    auto evaluator = EpochEvaluator::Create(plan_, vocabulary_, &model_);
    EXPECT_TRUE(evaluator.ok()) << evaluator.status();
    return *std::move(evaluator);
  }

  // Sets the vectors that the model exports: row i at i * order radians from
  // row 0, falling (1) or rising (-1) with i, or with the last two changed (2).
  // The other table holds `mark`.
  void Train(int order, float mark) {
    const bool from_input = model_.info.vectors == VectorsFrom::kInput;
    EmbeddingTable& vectors = from_input ? model_.input : model_.output;
    EmbeddingTable& other = from_input ? model_.output : model_.input;
    const double angles[3][5] = {
        {0, .1, .2, .3, .4}, {0, .4, .3, .2, .1}, {0, .1, .2, .4, .3}};
    const double* const angle = angles[order == 1 ? 0 : order == -1 ? 1 : 2];
    for (uint64_t row = 0; row < 5; ++row) {
      vectors.row(row)[0] = static_cast<float>(std::cos(angle[row]));
      vectors.row(row)[1] = static_cast<float>(std::sin(angle[row]));
      other.row(row)[0] = mark;
    }
  }

  EvalReport Epoch(EpochEvaluator* evaluator, uint32_t epoch, int order) {
    Train(order, static_cast<float>(epoch));
    const auto report = evaluator->AfterEpoch(epoch);
    EXPECT_TRUE(report.ok()) << report.status();
    return *report;
  }

  Vocabulary vocabulary_;
  Model model_;
  EvalPlan plan_;
};

TEST_F(EpochEvaluatorTest, ScoresTheExportedVectors) {
  for (const VectorsFrom from : {VectorsFrom::kInput, VectorsFrom::kOutput}) {
    model_.info.vectors = from;
    const auto evaluator = Create();
    EXPECT_DOUBLE_EQ(Epoch(evaluator.get(), 1, -1).result.spearman, -1);
    EXPECT_DOUBLE_EQ(Epoch(evaluator.get(), 2, 2).result.spearman, 0.8);
    const EvalReport report = Epoch(evaluator.get(), 3, 1);
    EXPECT_DOUBLE_EQ(report.result.spearman, 1);
    EXPECT_EQ(report.result.used, 4u);
    EXPECT_EQ(report.result.total, 5u);
  }
}

TEST_F(EpochEvaluatorTest, WithoutPatienceNothingChanges) {
  const auto evaluator = Create();
  Epoch(evaluator.get(), 1, 1);
  for (uint32_t epoch = 2; epoch < 9; ++epoch) {
    EXPECT_FALSE(Epoch(evaluator.get(), epoch, -1).stop);
  }
  Checkpoint checkpoint;
  evaluator->AddBestTables(&checkpoint);
  EXPECT_TRUE(checkpoint.arrays.empty());
  EXPECT_EQ(evaluator->PutBestBack(), 0u);
  EXPECT_EQ(model_.output.row(0)[0], 8);
}

TEST_F(EpochEvaluatorTest, PatienceStopsAndPutsTheBestBack) {
  plan_.patience = 2;
  const auto evaluator = Create();
  EXPECT_FALSE(Epoch(evaluator.get(), 1, -1).stop);
  EXPECT_FALSE(Epoch(evaluator.get(), 2, 1).stop);
  EXPECT_FALSE(Epoch(evaluator.get(), 3, 2).stop);
  const EvalReport last = Epoch(evaluator.get(), 4, 1);
  EXPECT_TRUE(last.stop);
  EXPECT_EQ(last.best.best_epoch, 2u);
  EXPECT_EQ(model_.output.row(0)[0], 4);
  EXPECT_EQ(evaluator->PutBestBack(), 2u);
  EXPECT_EQ(model_.output.row(0)[0], 2);
  EXPECT_FLOAT_EQ(model_.input.row(4)[1], std::sin(0.4f));
}

TEST_F(EpochEvaluatorTest, NoBestNothingToPutBack) {
  plan_.patience = 1;
  const auto evaluator = Create();
  const auto report = evaluator->AfterEpoch(1);  // all rows zero
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(std::isnan(report->result.spearman));
  EXPECT_TRUE(report->stop);
  EXPECT_EQ(evaluator->PutBestBack(), 0u);
}

TEST_F(EpochEvaluatorTest, HookStopsTheTraining) {
  plan_.patience = 1;
  const auto evaluator = Create();
  ProgressPrinter printer(ProgressStyle::kNone);
  const EpochCallback hook = evaluator->Hook(&printer);
  EpochReport epoch;
  testing::internal::CaptureStderr();
  for (const auto& [number, order] :
       {std::pair(1u, -1), std::pair(2u, 1), std::pair(3u, 2)}) {
    epoch.epoch = number;
    Train(order, 0);
    EXPECT_EQ(hook(epoch), number < 3);
  }
  EXPECT_TRUE(evaluator->status().ok());
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 3);
  EXPECT_THAT(printed, HasSubstr("\nepoch 2: wordsim pairs.tsv: spearman 1.0"));
}

TEST_F(EpochEvaluatorTest, HookKeepsTheError) {
  const auto evaluator = Create();
  ProgressPrinter printer(ProgressStyle::kNone);
  const EpochCallback hook = evaluator->Hook(&printer);
  Train(1, 0);
  model_.input.row(1)[0] = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(hook(EpochReport()));
  EXPECT_EQ(evaluator->status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EpochEvaluatorTest, ResumedIsAsUninterrupted) {
  plan_.patience = 2;
  const std::vector<float> trained(3);
  const auto first = Create();
  Epoch(first.get(), 1, 2);
  Epoch(first.get(), 2, -1);
  Checkpoint checkpoint;
  checkpoint.arrays.push_back({"input", trained});
  checkpoint.extra = first->CheckpointExtra();
  first->AddBestTables(&checkpoint);
  ASSERT_EQ(checkpoint.arrays.size(), 3u);
  const auto second = Create();
  ASSERT_TRUE(second->Restore(&checkpoint).ok());
  ASSERT_EQ(checkpoint.arrays.size(), 1u);
  EXPECT_EQ(checkpoint.arrays[0].name, "input");
  const EvalReport report = Epoch(second.get(), 3, -1);
  EXPECT_TRUE(report.stop);
  EXPECT_EQ(report.best.best_score, Epoch(first.get(), 3, -1).best.best_score);
  EXPECT_EQ(second->PutBestBack(), 1u);
  EXPECT_EQ(model_.output.row(0)[0], 1);
}

TEST_F(EpochEvaluatorTest, ResumesBeforeTheFirstScore) {
  plan_.patience = 2;
  Checkpoint checkpoint;
  checkpoint.extra = Create()->CheckpointExtra();
  const auto evaluator = Create();
  ASSERT_TRUE(evaluator->Restore(&checkpoint).ok());
  EXPECT_EQ(Epoch(evaluator.get(), 1, 2).best.best_epoch, 1u);
}

TEST_F(EpochEvaluatorTest, RefusesOtherCheckpoints) {
  plan_.patience = 2;
  const auto evaluator = Create();
  for (const std::string extra :
       {"", "[]", "{}", R"({"best_epoch":-1,"stale_epochs":0})",
        R"({"best_epoch":4294967296,"stale_epochs":0,"best_score":0.5})",
        R"({"best_epoch":1,"stale_epochs":0,"best_score":null})",
        // without its tables
        R"({"best_epoch":1,"stale_epochs":0,"best_score":0.5})"}) {
    Checkpoint checkpoint;
    checkpoint.extra = extra;
    EXPECT_TRUE(absl::IsDataLoss(evaluator->Restore(&checkpoint))) << extra;
  }
}

TEST_F(EpochEvaluatorTest, RefusesASetOfOtherWords) {
  plan_.pairs = {{"a", "x", 1}, {"y", "z", 2}, {"a", "b", 1}};
  const auto evaluator = EpochEvaluator::Create(plan_, vocabulary_, &model_);
  EXPECT_EQ(evaluator.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(evaluator.status().message()),
              HasSubstr("some/pairs.tsv: 1 of its 3 pairs"));
}

}  // namespace epoch_evaluator_test
}  // namespace embed
