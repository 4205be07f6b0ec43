// Groups of centers, consecutive (skip_gram_windows.h) and apart
// (skip_gram_spread.h), against the same steps in double, groups and draws
// found anew.
#include "embed/train/skip_gram_windows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "embed/base/philox.h"
#include "embed/kernels/random.h"
#include "embed/train/negative_pool.h"
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
constexpr PairGrouping kGroupings[] = {PairGrouping::kCenter,
                                       PairGrouping::kSpread};

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

  void Make(uint32_t parts, int group_centers,
            PairGrouping group_by = PairGrouping::kCenter) {
    objective_ =
        *SkipGram::Create(options_, source_.Counts(kIds), &input_, &output_);
    PartitionOptions partition;
    partition.parts = parts;
    partition.group_by = group_by;
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
double StepGroup(const std::vector<Center>& group,
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
  for (const Center& center : group) {
    if (!center.contexts.empty()) positives.insert(center.id);
  }
  for (const Center& center : group) {
    for (const uint32_t context : center.contexts) {
      move(context, center.id, true);
      for (const uint32_t n : negatives) {
        if (positives.count(n) == 0) move(context, n, false);
      }
    }
  }
  return loss;
}

// The centers first .. end - 1.
std::vector<Center> Consecutive(const std::vector<Center>& centers,
                                size_t first, size_t end) {
  const auto at = [&](size_t c) {
    return centers.begin() + static_cast<ptrdiff_t>(c);
  };
  return {at(first), at(end)};
}

std::vector<std::vector<Center>> Groups(const std::vector<Center>& centers,
                                        size_t most, PairGrouping group_by) {
  std::vector<std::vector<Center>> groups;
  if (group_by == PairGrouping::kCenter) {
    for (size_t first = 0; first < centers.size();) {
      const size_t end = EndOfGroup(centers, first, most);
      groups.push_back(Consecutive(centers, first, end));
      first = end;
    }
    return groups;
  }
  for (size_t first = 0; first < centers.size(); first += 128 * most) {
    const size_t end = std::min(centers.size(), first + 128 * most);
    const size_t count = (end - first + most - 1) / most;
    for (size_t g = 0; g < count; ++g) {
      groups.emplace_back();
      for (size_t c = first + g; c < end; c += count) {
        groups.back().push_back(centers[c]);
      }
    }
  }
  return groups;
}

TEST_F(SkipGramWindowsTest, TakesTheStepsOfItsGroups) {
  constexpr double kRate = 1e-4;
  options_.reuse_negatives = 1;
  const std::vector<Center> centers = Centers(batch_, options_.window);
  ASSERT_GT(centers.size(), 200u);
  ASSERT_LT(centers.size(), 512u);  // one draw
  const NegativeSampler noise =
      *NegativeSampler::Create(source_.Counts(kIds), options_.noise_exponent);
  const auto check = [&](PairGrouping group_by, int group_centers) {
    Make(1, group_centers, group_by);
    const std::vector<std::vector<Center>> groups =
        Groups(centers, static_cast<size_t>(group_centers), group_by);
    const size_t each = static_cast<size_t>(options_.negatives);
    std::vector<uint32_t> words(2 * each * groups.size());
    std::vector<uint32_t> drawn(each * groups.size());
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
    for (size_t g = 0; g < groups.size(); ++g) {
      const auto begin = drawn.begin() + static_cast<ptrdiff_t>(g * each);
      loss +=
          StepGroup(groups[g], {begin, begin + static_cast<ptrdiff_t>(each)},
                    kRate, &x, &y);
      for (const Center& center : groups[g]) pairs += center.contexts.size();
    }
    const TrainStats stats = Train(0, 0, kRate);
    EXPECT_EQ(stats.examples, pairs);
    EXPECT_NEAR(stats.loss, loss, 1e-4 * loss);
    // Order and rounding within a group: rate^2 times the groups a row is in.
    EXPECT_LT(LargestDifference(input_, x), 5e-6);
    EXPECT_LT(LargestDifference(output_, y), 5e-6);
    EXPECT_GT(LargestDifference(input_, first_x), 3e-4);
    EXPECT_GT(LargestDifference(output_, first_y), 3e-4);
  };
  for (const PairGrouping group_by : kGroupings) {
    for (const int group_centers : {1, 2, 3, 7}) {
      for (const int negatives : {0, 2, 5}) {
        options_.negatives = negatives;
        check(group_by, group_centers);
      }
    }
  }
}

TEST_F(SkipGramWindowsTest, BucketsHaveAllPairsTogether) {
  uint64_t expected = 0;
  for (const Center& center : Centers(batch_, options_.window)) {
    expected += center.contexts.size();
  }
  for (const PairGrouping group_by : kGroupings) {
    for (const uint32_t parts : {1, 2, 8}) {
      Make(parts, 3, group_by);
      uint64_t pairs = 0;
      for (uint32_t b = 0; b < parts * parts; ++b) {
        pairs += Train(b / parts, b % parts, 0.01, b).examples;
      }
      EXPECT_EQ(pairs, expected);
    }
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
  for (const PairGrouping group_by : kGroupings) {
    for (const uint32_t parts : {1, 2, 8}) {
      Make(parts, 3, group_by);
      double loss = 0;
      for (uint32_t b = 0; b < parts * parts; ++b) {
        loss += Train(b / parts, b % parts, 0, b).loss;  // moves nothing
      }
      EXPECT_NEAR(loss, expected, 1e-4 * expected);
    }
  }
}

TEST_F(SkipGramWindowsTest, TouchesTheRowsOfItsTwoPartsOnly) {
  for (const PairGrouping group_by : kGroupings) {
    Make(4, 3, group_by);
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
    loss += StepGroup(Consecutive(centers, first, end),
                      {begin, begin + static_cast<ptrdiff_t>(kNegatives)}, 0,
                      &x, &y);
  }
  EXPECT_NEAR(Train(0, 0, 0).loss, loss, 2e-5 * loss);
}

// The same of centers apart, of blocks of 128 groups; 32 of them take their
// negatives in turn from one pool.
TEST_F(SkipGramWindowsTest, SpreadDrawsOnAfterManyGroups) {
  MemorySource many(RandomSequences(200, kIds, 4), 200);
  ASSERT_TRUE(many.Read(0, 0, &batch_).ok());
  const std::vector<std::vector<Center>> groups =
      Groups(Centers(batch_, options_.window), 3, PairGrouping::kSpread);
  ASSERT_GT(groups.size(), 2u * 128);
  const size_t each = static_cast<size_t>(options_.negatives);
  std::vector<uint32_t> words(2 * each * groups.size());
  std::vector<uint32_t> drawn(each * groups.size());
  FillRandom(PhiloxStream(options_.seed, RandomPurpose::kGroupNegatives, kEpoch,
                          kNumber),
             0, absl::MakeSpan(words));
  NegativeSampler::Create(source_.Counts(kIds), options_.noise_exponent)
      ->Draw(words, absl::MakeSpan(drawn));
  DoubleRows x = ToDouble(input_);
  DoubleRows y = ToDouble(output_);
  for (const int reuse : {1, 4}) {
    options_.reuse_negatives = reuse;
    Make(1, 3, PairGrouping::kSpread);
    double loss = 0;
    size_t pool = 0;  // where that of the group begins
    size_t size = 0;
    for (size_t g = 0; g < groups.size(); ++g) {
      if (g % 32 == 0) {
        pool = g % 128 == 0 ? g * each : pool + size;
        size = NegativePoolSize(std::min<size_t>(32, groups.size() - g) * each,
                                each, static_cast<size_t>(reuse));
      }
      std::vector<uint32_t> negatives;
      for (size_t k = g % 32 * each; negatives.size() < each; ++k) {
        negatives.push_back(drawn[pool + k % size]);
      }
      loss += StepGroup(groups[g], negatives, 0, &x, &y);
    }
    EXPECT_NEAR(Train(0, 0, 0).loss, loss, 2e-5 * loss) << reuse;
  }
}

// More centers than are drawn for at once, negatives that serve several groups,
// and windows of the whole sequence.
TEST_F(SkipGramWindowsTest, TakesLongChunksAndWideWindows) {
  MemorySource many(RandomSequences(200, kIds, 4), 200);
  ASSERT_TRUE(many.Read(0, 0, &batch_).ok());
  options_.reuse_negatives = 4;
  options_.window = 1000;
  options_.fixed_window = true;
  uint64_t expected = 0;
  for (size_t s = 0; s < batch_.num_sequences(); ++s) {
    const uint64_t size = batch_.sequence(s).size();
    if (size > 0) expected += size * (size - 1);
  }
  for (const PairGrouping group_by : kGroupings) {
    Make(2, 3, group_by);
    uint64_t pairs = 0;
    for (uint32_t b = 0; b < 4; ++b) {
      const TrainStats stats = Train(b / 2, b % 2, 0.01, b);
      EXPECT_TRUE(std::isfinite(stats.loss));
      pairs += stats.examples;
    }
    EXPECT_EQ(pairs, expected);
  }
}

}  // namespace skip_gram_windows_test
}  // namespace embed
