#include "embed/train/skip_gram_pairs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "embed/train/cbow.h"
#include "embed/train/pair_buckets.h"
#include "embed/train/skip_gram.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace skip_gram_pairs_test {

using testing::HasSubstr;

constexpr uint32_t kIds = 64;
constexpr int kDim = 24;

class SkipGramPairsTest : public testing::Test {
 protected:
  SkipGramPairsTest()
      : source_(RandomSequences(60, kIds, 3), 60),
        input_(*EmbeddingTable::Create(kIds, kDim)),
        output_(*EmbeddingTable::Create(kIds, kDim)) {
    input_.FillUniform(0.5f, 1, 1);
    output_.FillUniform(0.5f, 2, 1);
    EXPECT_TRUE(source_.Read(0, 0, &batch_).ok());
  }

  absl::StatusOr<std::unique_ptr<PairTraining>> Make(uint32_t parts,
                                                     int passes = 0) {
    objective_ =
        *SkipGram::Create(options_, source_.Counts(kIds), &input_, &output_);
    PartitionOptions partition;
    partition.parts = parts;
    partition.group_inputs = 3;
    partition.group_passes = passes;
    return objective_->NewPairTraining(partition);
  }

  MemorySource source_;
  EmbeddingTable input_;
  EmbeddingTable output_;
  WindowModelOptions options_;
  std::unique_ptr<SkipGram> objective_;
  SequenceBatch batch_;
};

using PairCounts = std::map<std::pair<uint32_t, uint32_t>, int>;

TEST_F(SkipGramPairsTest, EmitsThePairsOfTheWindows) {
  options_.window = 3;
  options_.subsample = 0.01;  // few are kept
  const std::unique_ptr<PairTraining> training = *Make(4);
  TrainStats stats;
  const std::unique_ptr<PairTraining::Worker> worker = training->NewWorker();
  PairBuckets buckets;
  worker->Emit(2, batch_, &buckets, &stats);
  EXPECT_EQ(stats.tokens, batch_.ids.size());
  PairCounts found;
  for (uint32_t bucket = 0; bucket < 16; ++bucket) {
    for (const RowPair& pair : buckets.bucket(bucket / 4, bucket % 4)) {
      ++found[{pair.input, pair.output}];
    }
  }

  const Subsampler subsampler =
      *Subsampler::Create(source_.Counts(kIds), options_.subsample);
  const NegativeSampler noise =
      *NegativeSampler::Create(source_.Counts(kIds), 0.75);
  WindowSampler sampler({3, 1, NegativesPer::kCenter, options_.seed},
                        &subsampler, &noise);
  sampler.Start(2, &batch_);
  WindowBlock block;
  PairCounts expected;
  while (sampler.Next(&block)) {
    for (size_t center = 0; center < block.size(); ++center) {
      for (size_t c = block.begin[center]; c < block.end[center]; ++c) {
        if (c != center) ++expected[{block.ids[c], block.ids[center]}];
      }
    }
  }
  EXPECT_GT(expected.size(), 100);
  EXPECT_EQ(found, expected);
}

// The same pairs in another order.
TEST_F(SkipGramPairsTest, TakesThePairsInAsManyPassesAsGiven) {
  options_.window = 3;
  options_.subsample = 0;
  const auto emit = [&](int passes) {
    const std::unique_ptr<PairTraining> training = *Make(1, passes);
    const std::unique_ptr<PairTraining::Worker> worker = training->NewWorker();
    TrainStats stats;
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    PairBuckets buckets;
    worker->Emit(0, batch_, &buckets, &stats);
    for (const RowPair& pair : buckets.bucket(0, 0)) {
      pairs.emplace_back(pair.input, pair.output);
    }
    return pairs;
  };
  auto one = emit(1);
  EXPECT_EQ(emit(0), emit(4));
  EXPECT_EQ(emit(100), emit(7));  // no more passes than offsets
  std::sort(one.begin(), one.end());
  for (const int passes : {2, 4, 7}) {
    auto pairs = emit(passes);
    EXPECT_NE(pairs, emit(1)) << passes;
    EXPECT_NE(pairs, emit(passes - 1)) << passes;
    std::sort(pairs.begin(), pairs.end());
    EXPECT_EQ(pairs, one) << passes;
  }
}

// Trains one bucket; returns what its rows are afterwards.
TEST_F(SkipGramPairsTest, TouchesTheRowsOfItsTwoPartsOnly) {
  const std::unique_ptr<PairTraining> training = *Make(4);
  const RowParts parts = training->parts();
  const std::unique_ptr<PairTraining::Worker> worker = training->NewWorker();
  TrainStats stats;
  PairBuckets buckets;
  worker->Emit(0, batch_, &buckets, &stats);
  EmbeddingTable old_input = *EmbeddingTable::Create(kIds, kDim);
  EmbeddingTable old_output = *EmbeddingTable::Create(kIds, kDim);
  old_input.FillUniform(0.5f, 1, 1);
  old_output.FillUniform(0.5f, 2, 1);

  worker->Train({&buckets, 1, 2, 0, 7, {0.05, 0.04}}, &stats);
  EXPECT_EQ(stats.examples, buckets.bucket(1, 2).size());
  EXPECT_GT(stats.loss, 0);
  const auto changed = [](const EmbeddingTable& a, const EmbeddingTable& b,
                          uint32_t row) {
    return std::memcmp(a.row(row), b.row(row), kDim * sizeof(float)) != 0;
  };
  int outputs = 0;
  for (uint32_t row = 0; row < kIds; ++row) {
    if (parts.PartOf(row) != 1) {
      EXPECT_FALSE(changed(input_, old_input, row)) << row;
    }
    if (parts.PartOf(row) != 2) {
      EXPECT_FALSE(changed(output_, old_output, row)) << row;
    }
    outputs += changed(output_, old_output, row) ? 1 : 0;
  }
  EXPECT_GT(outputs, 8);
}

TEST_F(SkipGramPairsTest, RunsOfOtherNumbersHaveOtherNegatives) {
  const auto loss = [&](uint64_t number) {
    const std::unique_ptr<PairTraining> training = *Make(1);
    const std::unique_ptr<PairTraining::Worker> worker = training->NewWorker();
    TrainStats stats;
    PairBuckets buckets;
    worker->Emit(0, batch_, &buckets, &stats);
    worker->Train({&buckets, 0, 0, 0, number, {0, 0}}, &stats);  // no move
    return stats.loss;
  };
  EXPECT_EQ(loss(1), loss(1));
  EXPECT_NE(loss(1), loss(2));
}

TEST_F(SkipGramPairsTest, RefusesWhatTouchesMoreThanAPair) {
  options_.loss = OutputLoss::kHierarchicalSoftmax;
  EXPECT_EQ(Make(4).status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(Make(4).status().message()), HasSubstr("softmax"));
  options_ = {};
  options_.optimizer.kind = OptimizerKind::kAdaGrad;
  EXPECT_THAT(std::string(Make(4).status().message()), HasSubstr("SGD"));
  options_ = {};
  EXPECT_THAT(std::string(Make(3).status().message()), HasSubstr("parts is 3"));
  const std::unique_ptr<Cbow> cbow = *Cbow::Create(
      {}, CbowGradient::kExact, source_.Counts(kIds), &input_, &output_);
  EXPECT_EQ(cbow->NewPairTraining({}).status().code(),
            absl::StatusCode::kUnimplemented);
}

}  // namespace skip_gram_pairs_test
}  // namespace embed
