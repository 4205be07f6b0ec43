// Against the same steps in double, groups and draws found anew.
#include "embed/train/skip_gram_windows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/part_windows.h"
#include "embed/train/skip_gram.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace skip_gram_windows_test {

constexpr uint32_t kIds = 64;
constexpr int kDim = 24;
constexpr uint32_t kEpoch = 2;
constexpr uint64_t kNumber = 7;

class SkipGramWindowsTest : public testing::Test {
 protected:
  SkipGramWindowsTest()
      : source_(RandomSequences(20, kIds, 3), 20),
        input_(*EmbeddingTable::Create(kIds, kDim)),
        output_(*EmbeddingTable::Create(kIds, kDim)) {
    input_.FillUniform(0.5f, 1, 1);
    output_.FillUniform(0.5f, 2, 1);
    EXPECT_TRUE(source_.Read(0, 0, &batch_).ok());
    options_.window = 3;
    options_.subsample = 0;
  }

  void Make(uint32_t parts, int group_centers) {
    objective_ =
        *SkipGram::Create(options_, source_.Counts(kIds), &input_, &output_);
    PartitionOptions partition;
    partition.parts = parts;
    partition.group_by = PairGrouping::kCenter;
    partition.group_centers = group_centers;
    training_ = *objective_->NewPairTraining(partition);
    worker_ = training_->NewWorker();
    chunk_ = training_->NewChunk();
    TrainStats stats;
    worker_->Emit(kEpoch, batch_, chunk_.get(), &stats);
    EXPECT_EQ(stats.tokens, batch_.ids.size());
    EXPECT_EQ(stats.examples, 0);
  }
  TrainStats Train(uint32_t i, uint32_t j, double rate,
                   uint64_t number = kNumber) {
    TrainStats stats;
    worker_->Train({chunk_.get(), i, j, kEpoch, number, {rate, rate}}, &stats);
    return stats;
  }

  MemorySource source_;
  EmbeddingTable input_;
  EmbeddingTable output_;
  WindowModelOptions options_;
  std::unique_ptr<SkipGram> objective_;
  std::unique_ptr<PairTraining> training_;
  std::unique_ptr<PairTraining::Worker> worker_;
  std::unique_ptr<PairChunk> chunk_;
  SequenceBatch batch_;
};

// A token of the batch with the ids of its contexts.
struct Center {
  uint32_t id;
  size_t sequence;
  std::vector<uint32_t> contexts;
};

std::vector<Center> Centers(const SequenceBatch& batch, int window) {
  const Subsampler subsampler =
      *Subsampler::Create(std::vector<uint64_t>(kIds, 1), 0);
  const NegativeSampler noise =
      *NegativeSampler::Create(std::vector<uint64_t>(kIds, 1), 1);
  WindowSampler sampler({window, 0, NegativesPer::kNone, 1}, &subsampler,
                        &noise);
  sampler.Start(kEpoch, &batch);
  std::vector<size_t> sequences;
  for (size_t s = 0; s < batch.num_sequences(); ++s) {
    sequences.insert(sequences.end(), batch.sequence(s).size(), s);
  }
  std::vector<Center> centers;
  WindowBlock block;
  while (sampler.Next(&block)) {
    for (size_t c = 0; c < block.size(); ++c) {
      Center center = {block.ids[c], sequences[centers.size()], {}};
      for (size_t t = block.begin[c]; t < block.end[c]; ++t) {
        if (t != c) center.contexts.push_back(block.ids[t]);
      }
      centers.push_back(center);
    }
  }
  return centers;
}

// One past the last center of the group that begins with center `first`.
size_t EndOfGroup(const std::vector<Center>& centers, size_t first,
                  size_t most) {
  std::set<uint32_t> ids;
  size_t end = first;
  while (end < centers.size() && end - first < most &&
         centers[end].sequence == centers[first].sequence &&
         ids.insert(centers[end].id).second) {
    ++end;
  }
  return end;
}

// The step of a group in double; returns its loss. The gradients are those of
// the rows as they were.
double StepGroup(const std::vector<Center>& centers, size_t first, size_t end,
                 const std::vector<uint32_t>& negatives, double rate,
                 DoubleRows* x, DoubleRows* y) {
  const DoubleRows old_x = *x;
  const DoubleRows old_y = *y;
  double loss = 0;
  const auto move = [&](uint32_t i, uint32_t j, bool positive) {
    const double score = Dot(old_x[i], old_y[j]);
    loss += Softplus(positive ? -score : score);
    const double g = rate * ((positive ? 1 : 0) - Sigmoid(score));
    AddTimes(g, old_y[j], &(*x)[i]);
    AddTimes(g, old_x[i], &(*y)[j]);
  };
  std::set<uint32_t> positives;
  for (size_t c = first; c < end; ++c) positives.insert(centers[c].id);
  for (size_t c = first; c < end; ++c) {
    for (const uint32_t context : centers[c].contexts) {
      move(context, centers[c].id, true);
      for (const uint32_t n : negatives) {
        if (positives.count(n) == 0) move(context, n, false);
      }
    }
  }
  return loss;
}

TEST_F(SkipGramWindowsTest, TakesTheStepsOfItsGroups) {
  constexpr double kRate = 1e-4;
  options_.reuse_negatives = 1;
  const std::vector<Center> centers = Centers(batch_, options_.window);
  ASSERT_GT(centers.size(), 200u);
  ASSERT_LT(centers.size(), 512u);  // one draw
  const NegativeSampler noise =
      *NegativeSampler::Create(source_.Counts(kIds), options_.noise_exponent);
  for (const int group_centers : {1, 2, 3, 7}) {
    for (const int negatives : {0, 2, 5}) {
      options_.negatives = negatives;
      Make(1, group_centers);
      std::vector<size_t> ends;
      for (size_t first = 0; first < centers.size(); first = ends.back()) {
        ends.push_back(
            EndOfGroup(centers, first, static_cast<size_t>(group_centers)));
      }
      const size_t each = static_cast<size_t>(negatives);
      std::vector<uint32_t> words(2 * each * ends.size());
      std::vector<uint32_t> drawn(each * ends.size());
      FillRandom(PhiloxStream(options_.seed, RandomPurpose::kGroupNegatives,
                              kEpoch, kNumber),
                 0, absl::MakeSpan(words));
      noise.Draw(words, absl::MakeSpan(drawn));

      const DoubleRows first_x = ToDouble(input_);
      const DoubleRows first_y = ToDouble(output_);
      DoubleRows x = first_x;
      DoubleRows y = first_y;
      double loss = 0;
      uint64_t pairs = 0;
      size_t first = 0;
      for (size_t g = 0; g < ends.size(); ++g) {
        const auto begin = drawn.begin() + static_cast<ptrdiff_t>(g * each);
        loss += StepGroup(centers, first, ends[g],
                          {begin, begin + static_cast<ptrdiff_t>(each)}, kRate,
                          &x, &y);
        for (size_t c = first; c < ends[g]; ++c) {
          pairs += centers[c].contexts.size();
        }
        first = ends[g];
      }
      const TrainStats stats = Train(0, 0, kRate);
      EXPECT_EQ(stats.examples, pairs);
      EXPECT_NEAR(stats.loss, loss, 1e-4 * loss);
      // Order and rounding within a group: rate^2 times the groups a row is in.
      EXPECT_LT(LargestDifference(input_, x), 5e-6);
      EXPECT_LT(LargestDifference(output_, y), 5e-6);
      EXPECT_GT(LargestDifference(input_, first_x), 3e-4);
      EXPECT_GT(LargestDifference(output_, first_y), 3e-4);
    }
  }
}

TEST_F(SkipGramWindowsTest, BucketsHaveAllPairsTogether) {
  uint64_t expected = 0;
  for (const Center& center : Centers(batch_, options_.window)) {
    expected += center.contexts.size();
  }
  for (const uint32_t parts : {1, 2, 8}) {
    Make(parts, 3);
    uint64_t pairs = 0;
    for (uint32_t b = 0; b < parts * parts; ++b) {
      pairs += Train(b / parts, b % parts, 0.01, b).examples;
    }
    EXPECT_EQ(pairs, expected);
  }
}

// Without negatives the loss does not depend on groups and parts.
TEST_F(SkipGramWindowsTest, BucketsHaveTheLossOfTheirPairs) {
  options_.negatives = 0;
  const DoubleRows x = ToDouble(input_);
  const DoubleRows y = ToDouble(output_);
  double expected = 0;
  for (const Center& center : Centers(batch_, options_.window)) {
    for (const uint32_t context : center.contexts) {
      expected += Softplus(-Dot(x[context], y[center.id]));
    }
  }
  for (const uint32_t parts : {1, 2, 8}) {
    Make(parts, 3);
    double loss = 0;
    for (uint32_t b = 0; b < parts * parts; ++b) {
      loss += Train(b / parts, b % parts, 0, b).loss;  // moves nothing
    }
    EXPECT_NEAR(loss, expected, 1e-4 * expected);
  }
}

TEST_F(SkipGramWindowsTest, TouchesTheRowsOfItsTwoPartsOnly) {
  Make(4, 3);
  const RowParts parts = training_->parts();
  const DoubleRows x = ToDouble(input_);
  const DoubleRows y = ToDouble(output_);
  EXPECT_GT(Train(1, 2, 0.05).loss, 0);
  const auto changed = [](const EmbeddingTable& table, const DoubleRows& old,
                          uint32_t row) {
    for (int k = 0; k < kDim; ++k) {
      if (static_cast<double>(table.row(row)[k]) !=
          old[row][static_cast<size_t>(k)]) {
        return true;
      }
    }
    return false;
  };
  int outputs = 0;
  for (uint32_t row = 0; row < kIds; ++row) {
    EXPECT_FALSE(parts.PartOf(row) != 1 && changed(input_, x, row)) << row;
    EXPECT_FALSE(parts.PartOf(row) != 2 && changed(output_, y, row)) << row;
    outputs += changed(output_, y, row) ? 1 : 0;
  }
  EXPECT_GT(outputs, 8);
}

TEST_F(SkipGramWindowsTest, RunsOfOtherNumbersHaveOtherNegatives) {
  Make(2, 3);
  EXPECT_EQ(Train(0, 1, 0, 1).loss, Train(0, 1, 0, 1).loss);
  EXPECT_NE(Train(0, 1, 0, 1).loss, Train(0, 1, 0, 2).loss);
}

// The stream of a run goes on where the draws for the centers before ended.
TEST_F(SkipGramWindowsTest, DrawsOnAfterManyCenters) {
  constexpr size_t kCentersPerDraw = 512;
  constexpr size_t kNegatives = 5;
  MemorySource many(RandomSequences(200, kIds, 4), 200);
  ASSERT_TRUE(many.Read(0, 0, &batch_).ok());
  options_.reuse_negatives = 1;
  options_.negatives = static_cast<int>(kNegatives);
  Make(1, 3);
  const std::vector<Center> centers = Centers(batch_, options_.window);
  ASSERT_GT(centers.size(), 2 * kCentersPerDraw);
  const NegativeSampler noise =
      *NegativeSampler::Create(source_.Counts(kIds), options_.noise_exponent);
  std::vector<uint32_t> words(2 * kNegatives * kCentersPerDraw);
  std::vector<uint32_t> drawn(kNegatives * kCentersPerDraw);
  DoubleRows x = ToDouble(input_);
  DoubleRows y = ToDouble(output_);
  double loss = 0;
  size_t group = 0;
  size_t end = 0;
  for (size_t first = 0; first < centers.size(); first = end) {
    const size_t draw = first / kCentersPerDraw;
    if (first % kCentersPerDraw == 0) {
      group = 0;
      FillRandom(PhiloxStream(options_.seed, RandomPurpose::kGroupNegatives,
                              kEpoch, kNumber),
                 static_cast<uint32_t>(draw * words.size() / 4),
                 absl::MakeSpan(words));
      noise.Draw(words, absl::MakeSpan(drawn));
    }
    end = std::min(EndOfGroup(centers, first, 3), (draw + 1) * kCentersPerDraw);
    const auto begin =
        drawn.begin() + static_cast<ptrdiff_t>(kNegatives * group++);
    loss += StepGroup(centers, first, end,
                      {begin, begin + static_cast<ptrdiff_t>(kNegatives)}, 0,
                      &x, &y);
  }
  EXPECT_NEAR(Train(0, 0, 0).loss, loss, 2e-5 * loss);
}

// More centers than are drawn for at once, negatives that serve several groups,
// and windows of the whole sequence.
TEST_F(SkipGramWindowsTest, TakesLongChunksAndWideWindows) {
  MemorySource many(RandomSequences(200, kIds, 4), 200);
  ASSERT_TRUE(many.Read(0, 0, &batch_).ok());
  options_.reuse_negatives = 4;
  options_.window = 1000;
  options_.fixed_window = true;
  Make(2, 3);
  uint64_t expected = 0;
  for (size_t s = 0; s < batch_.num_sequences(); ++s) {
    const uint64_t size = batch_.sequence(s).size();
    if (size > 0) expected += size * (size - 1);
  }
  uint64_t pairs = 0;
  for (uint32_t b = 0; b < 4; ++b) {
    const TrainStats stats = Train(b / 2, b % 2, 0.01, b);
    EXPECT_TRUE(std::isfinite(stats.loss));
    pairs += stats.examples;
  }
  EXPECT_EQ(pairs, expected);
}

}  // namespace skip_gram_windows_test
}  // namespace embed
