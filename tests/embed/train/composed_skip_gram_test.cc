// Skip-gram over composed inputs (center -> context), which SkipGram does when
// it is given a feature map, against a trainer in double that takes the same
// windows and negatives.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "embed/model/feature_map.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/reference_loop.h"

namespace embed {
namespace composed_skip_gram_test {

struct Reference {
  // The pairs of center i: its contexts, each followed by its own negatives.
  void Train(const WindowBlock& block, size_t i, double rate) {
    const absl::Span<const uint32_t> rows = features->Rows(block.ids[i]);
    if (rows.empty()) return;
    const double scale = features->compose() == Compose::kMean
                             ? 1.0 / static_cast<double>(rows.size())
                             : 1.0;
    const std::vector<uint32_t> targets = Targets(block, i);
    // The kernel scores eight targets at a time: of one that occurs twice
    // among them, the second does not see the first's update, and neither sees
    // what it does to the features.
    for (size_t first = 0; first < targets.size(); first += 8) {
      const size_t last = std::min(first + 8, targets.size());
      DoubleRow hidden(input[0].size());
      for (const uint32_t row : rows) AddTimes(scale, input[row], &hidden);
      DoubleRow gradient(hidden.size());
      const DoubleRows old = output;
      for (size_t t = first; t < last; ++t) {
        const double score = Dot(hidden, old[targets[t]]);
        const double g = rate * (positive[t] - Sigmoid(score));
        loss += Softplus(positive[t] == 1 ? -score : score);
        AddTimes(g, output[targets[t]], &gradient);
        AddTimes(g, hidden, &output[targets[t]]);
      }
      for (const uint32_t row : rows) AddTimes(scale, gradient, &input[row]);
    }
  }

  std::vector<uint32_t> Targets(const WindowBlock& block, size_t i) {
    std::vector<uint32_t> targets;
    positive.clear();
    auto negative = block.NegativesOf(i).begin();
    for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
      if (c == i) continue;
      ++examples;
      targets.push_back(block.ids[c]);
      positive.push_back(1);
      for (int n = 0; n < negatives; ++n, ++negative) {
        if (*negative == block.ids[c]) continue;
        targets.push_back(*negative);
        positive.push_back(0);
      }
    }
    EXPECT_EQ(negative, block.NegativesOf(i).end());
    return targets;
  }

  const FeatureMap* features;
  int negatives;
  DoubleRows input;
  DoubleRows output;
  std::vector<double> positive = {};
  double loss = 0;
  uint64_t examples = 0;
};

constexpr uint32_t kIds = 40;
constexpr uint32_t kRows = 25;

// Ids with 1 to `most` features, some of them twice; every seventh id has none.
FeatureMap MakeFeatures(Compose compose, uint32_t most) {
  Philox random(2, RandomPurpose::kTest, 0, 0);
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> rows;
  for (uint32_t id = 0; id < kIds; ++id) {
    const uint32_t count = id % 7 == 3 ? 0 : 1 + random.Below(most);
    for (uint32_t f = 0; f < count; ++f) rows.push_back(random.Below(kRows));
    offsets.push_back(rows.size());
  }
  std::vector<uint64_t> keys(kRows);
  for (uint32_t r = 0; r < kRows; ++r) keys[r] = 100 + r;
  return *FeatureMap::Create(offsets, rows, keys, compose);
}

void CompareWithReference(const WindowModelOptions& options, Compose compose,
                          uint32_t most_features = 6, double moved = 0.3) {
  MemorySource source(RandomSequences(60, kIds, 3), 7);
  const std::vector<uint64_t> counts = source.Counts(kIds);
  const FeatureMap features = MakeFeatures(compose, most_features);
  TrainerOptions training;
  training.epochs = 2;
  training.learning_rate = 0.03;
  EmbeddingTable input = *EmbeddingTable::Create(kRows, 20);
  EmbeddingTable output = *EmbeddingTable::Create(kIds, 20);
  input.FillUniform(0.2f, 1, 1);
  output.FillUniform(0.2f, 2, 1);
  Reference reference = {&features, options.negatives, ToDouble(input),
                         ToDouble(output)};
  const DoubleRows start = reference.input;
  ForEachCenter(&source, training, options, NegativesPer::kContext, counts,
                [&](const WindowBlock& block, size_t i, double rate) {
                  reference.Train(block, i, rate);
                });

  const auto objective =
      *SkipGram::Create(options, counts, &input, &output, &features);
  const TrainResult result =
      *Trainer::Create(training)->Run(&source, *objective, nullptr);
  EXPECT_EQ(result.stats.examples, reference.examples);
  EXPECT_NEAR(result.stats.loss, reference.loss, 1e-5 * reference.loss);
  // A row is updated some thousand times, each rounded to 6e-8 of its value
  // (about 1) and with a sigmoid good to 4e-7.
  EXPECT_LT(LargestDifference(input, reference.input), 2e-4);
  EXPECT_LT(LargestDifference(output, reference.output), 2e-4);
  EXPECT_GT(LargestDifference(input, start), moved);
}

TEST(ComposedSkipGramTest, TrainsSumsAsTheReference) {
  CompareWithReference({3, 5, 0, 0.75, 7}, Compose::kSum);
}

TEST(ComposedSkipGramTest, TrainsMeansAsTheReferenceWithSubsampling) {
  CompareWithReference({5, 2, 5e-2, 0.75, 8}, Compose::kMean);
}

// So many that each thread works on rows of its own (hot_rows.h).
TEST(ComposedSkipGramTest, TrainsManyFeaturesAsTheReference) {
  CompareWithReference({5, 5, 0, 0.75, 7}, Compose::kMean, 150, 0.05);
}

TEST(ComposedSkipGramTest, TrainsOnPositivesAlone) {
  CompareWithReference({2, 0, 0, 0.75, 9}, Compose::kSum);
}

// No features at all: nothing to train, and nothing moves.
TEST(ComposedSkipGramTest, IdsWithoutFeaturesAreNotCenters) {
  MemorySource source({{0, 1, 0, 1}}, 1);
  const FeatureMap features =
      *FeatureMap::Create({0, 0, 0}, {}, {5}, Compose::kSum);
  EmbeddingTable input = *EmbeddingTable::Create(1, 8);
  EmbeddingTable output = *EmbeddingTable::Create(2, 8);
  input.FillUniform(1, 1, 1);
  const DoubleRows start = ToDouble(input);
  const auto objective =
      *SkipGram::Create({}, {2, 2}, &input, &output, &features);
  const TrainResult result =
      *Trainer::Create({})->Run(&source, *objective, nullptr);
  EXPECT_EQ(result.stats.examples, 0u);
  EXPECT_EQ(result.stats.tokens, 20u);
  EXPECT_EQ(LargestDifference(input, start), 0);
}

}  // namespace composed_skip_gram_test
}  // namespace embed
