// Skip-gram over plain ids (context -> center) against a trainer in double that
// takes the same windows and negatives.
#include "embed/train/skip_gram.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "embed/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/reference_loop.h"

namespace embed {
namespace skip_gram_test {

// What word2vec computes with shared negatives: all scores of a window first,
// then the contexts in turn.
struct Reference {
  void Train(const WindowBlock& block, size_t i, double rate) {
    const uint32_t center = block.ids[i];
    std::vector<uint32_t> contexts;
    for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
      if (c != i) contexts.push_back(block.ids[c]);
    }
    if (contexts.empty()) return;
    std::map<uint32_t, double> weights = {{center, 1.0}};
    for (const uint32_t negative : block.NegativesOf(i)) {
      if (negative != center) weights[negative] += 1;
    }
    const DoubleRows old_input = input;
    const DoubleRows old_output = output;
    for (const uint32_t context : contexts) {
      const DoubleRow row = input[context];
      for (const auto& [target, weight] : weights) {
        const double score = Dot(old_input[context], old_output[target]);
        const bool positive = target == center;
        const double g = rate * weight * ((positive ? 1 : 0) - Sigmoid(score));
        loss += weight * Softplus(positive ? -score : score);
        AddTimes(g, old_output[target], &input[context]);
        AddTimes(g, row, &output[target]);
      }
      ++examples;
    }
  }

  DoubleRows input;
  DoubleRows output;
  double loss = 0;
  uint64_t examples = 0;
};

constexpr uint32_t kIds = 40;

struct Tables {
  explicit Tables(float radius = 0.4f, uint32_t ids = kIds)
      : input(*EmbeddingTable::Create(ids, 20)),
        output(*EmbeddingTable::Create(ids, 20)) {
    input.FillUniform(radius, 1, 1);
    output.FillUniform(radius, 2, 1);
  }
  EmbeddingTable input;
  EmbeddingTable output;
};

void CompareWithReference(const WindowModelOptions& options,
                          size_t chunk_size) {
  MemorySource source(RandomSequences(120, kIds, 3), chunk_size);
  const std::vector<uint64_t> counts = source.Counts(kIds);
  TrainerOptions training;
  training.epochs = 2;
  training.learning_rate = 0.05;
  Tables tables;
  Reference reference;
  reference.input = ToDouble(tables.input);
  reference.output = ToDouble(tables.output);
  const DoubleRows start = reference.input;
  ForEachCenter(&source, training, options, NegativesPer::kCenter, counts,
                [&](const WindowBlock& block, size_t i, double rate) {
                  reference.Train(block, i, rate);
                });

  const auto objective =
      *SkipGram::Create(options, counts, &tables.input, &tables.output);
  const TrainResult result =
      *Trainer::Create(training)->Run(&source, *objective, nullptr);
  EXPECT_EQ(result.stats.examples, reference.examples);
  EXPECT_NEAR(result.stats.loss, reference.loss, 1e-5 * reference.loss);
  EXPECT_NEAR(result.mean_loss,
              reference.loss / static_cast<double>(reference.examples), 1e-4);
  // A row is updated up to some thousand times, each rounded to 6e-8 of its
  // value (about 1) and with a sigmoid good to 4e-7.
  EXPECT_LT(LargestDifference(tables.input, reference.input), 1e-4);
  EXPECT_LT(LargestDifference(tables.output, reference.output), 1e-4);
  EXPECT_GT(LargestDifference(tables.input, start), 0.3);
}

TEST(SkipGramTest, TrainsAsTheReference) {
  CompareWithReference({4, 5, 0, 0.75, 7}, 11);
}

TEST(SkipGramTest, TrainsAsTheReferenceWithSubsampling) {
  CompareWithReference({3, 5, 2e-2, 0.5, 8}, 50);
}

TEST(SkipGramTest, TrainsOnPositivesAlone) {
  CompareWithReference({2, 0, 0, 0.75, 9}, 120);
}

double Cosine(const float* a, const float* b) {
  double ab = 0, aa = 0, bb = 0;
  for (int k = 0; k < 20; ++k) {
    ab += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    aa += static_cast<double>(a[k]) * static_cast<double>(a[k]);
    bb += static_cast<double>(b[k]) * static_cast<double>(b[k]);
  }
  return ab / std::sqrt(aa * bb);
}

// Ids of the same half occur together, ids of different halves never.
TEST(SkipGramTest, SeparatesTwoCommunitiesWithTwoThreads) {
  std::vector<Sequence> sequences(600);
  Philox random(5, RandomPurpose::kTest, 0, 0);
  for (size_t s = 0; s < sequences.size(); ++s) {
    for (int i = 0; i < 20; ++i) {
      sequences[s].push_back(static_cast<uint32_t>(s % 2) * kIds / 2 +
                             random.Below(kIds / 2));
    }
  }
  MemorySource source(sequences, 25);
  Tables tables(0.025f);
  WindowModelOptions options;
  options.subsample = 0;
  const auto objective = *SkipGram::Create(options, source.Counts(kIds),
                                           &tables.input, &tables.output);
  TrainerOptions training;
  training.epochs = 10;
  training.threads = 2;
  training.learning_rate = 0.05;
  ASSERT_TRUE(
      Trainer::Create(training)->Run(&source, *objective, nullptr).ok());
  double within = 1;
  double between = -1;
  for (uint32_t i = 0; i < kIds; ++i) {
    for (uint32_t j = 0; j < i; ++j) {
      const double cosine = Cosine(tables.input.row(i), tables.input.row(j));
      const bool same = i / (kIds / 2) == j / (kIds / 2);
      if (same) {
        within = std::min(within, cosine);
      } else {
        between = std::max(between, cosine);
      }
    }
  }
  EXPECT_GT(within, between + 0.3);
}

TEST(SkipGramTest, RefusesBadOptionsNamingThem) {
  Tables tables;
  const std::vector<uint64_t> counts(kIds, 1);
  const std::vector<std::pair<WindowModelOptions, std::string>> bad = {
      {{0, 5, 0, 0.75, 1}, "window is 0"},
      {{10001, 5, 0, 0.75, 1}, "window is 10001"},
      {{5, -1, 0, 0.75, 1}, "negatives is -1"},
      {{5, 1001, 0, 0.75, 1}, "negatives is 1001"},
      {{5, 5, -1, 0.75, 1}, "subsample is -1"},
      {{5, 5, 0, -2, 1}, "noise_exponent is -2"},
  };
  for (const auto& [options, message] : bad) {
    const absl::Status status =
        SkipGram::Create(options, counts, &tables.input, &tables.output)
            .status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(message));
  }
}

TEST(SkipGramTest, RefusesTablesThatDoNotFit) {
  Tables tables;
  EmbeddingTable wide = *EmbeddingTable::Create(kIds, 21);
  const std::vector<uint64_t> counts(kIds, 1);
  const auto create = [&](const std::vector<uint64_t>& some_counts,
                          EmbeddingTable* output, const FeatureMap* features) {
    return SkipGram::Create({}, some_counts, &tables.input, output, features)
        .status()
        .code();
  };
  const FeatureMap few = *FeatureMap::Create({0, 1}, {0}, {1}, Compose::kSum);
  const FeatureMap identity;
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(create(counts, &wide, nullptr), kInvalid);
  EXPECT_EQ(create(std::vector<uint64_t>(kIds + 1, 1), &tables.output, nullptr),
            kInvalid);
  EXPECT_EQ(create(counts, &tables.output, &few), kInvalid);
  EXPECT_EQ(create(std::vector<uint64_t>(kIds, 0), &tables.output, nullptr),
            kInvalid);
  EXPECT_EQ(create(counts, &tables.output, &identity), absl::StatusCode::kOk);
}

}  // namespace skip_gram_test
}  // namespace embed
