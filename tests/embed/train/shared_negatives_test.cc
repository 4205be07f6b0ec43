// Negatives shared by the contexts of a center train vectors as good as those
// of which each pair has its own: on a corpus with planted topics the means
// over the seeds differ by no more than one standard deviation between seeds.
// The same check must tell trainings that are really worse.
//
// Quality is told from the order of cosines. The cosines themselves differ at
// any rate above 0: what a window draws moves all of its contexts the same way,
// so words of a window end up closer. (At the rate of this test the mean cosine
// of two words of a topic is 0.12 above that of two topics, against 0.07.)
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "embed/math/cosine.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/unshared_skip_gram.h"

namespace embed {
namespace shared_negatives_test {

constexpr uint32_t kTopics = 12;
constexpr uint32_t kWordsPerTopic = 20;
constexpr uint32_t kWords = kTopics * kWordsPerTopic;
constexpr int kDim = 16;
constexpr uint64_t kSeeds = 16;

uint32_t TopicOf(uint32_t word) { return word % kTopics; }

// Sequences of 20 words, each with a topic: three words in ten are of it, the
// others of any. The first words of a topic come more often.
std::vector<Sequence> TopicSequences() {
  std::vector<Sequence> sequences(1000);
  Philox random(1, RandomPurpose::kTest, 0, 0);
  for (Sequence& sequence : sequences) {
    const uint32_t topic = random.Below(kTopics);
    for (int i = 0; i < 20; ++i) {
      const uint32_t rank = random.Below(1 + random.Below(kWordsPerTopic));
      const bool of_any = random.Below(10) < 7;
      sequence.push_back(rank * kTopics +
                         (of_any ? random.Below(kTopics) : topic));
    }
  }
  return sequences;
}

struct Tables {
  explicit Tables(uint64_t seed, uint32_t words = kWords)
      : input(*EmbeddingTable::Create(words, kDim)),
        output(*EmbeddingTable::Create(words, kDim)) {
    input.FillUniform(0.5f / kDim, seed, 1);
  }
  EmbeddingTable input;
  EmbeddingTable output;
};

template <class Model>
void Train(const WindowModelOptions& options, const TrainerOptions& training,
           const std::vector<uint64_t>& counts, MemorySource* source,
           Tables* tables) {
  const auto model =
      *Model::Create(options, counts, &tables->input, &tables->output);
  ASSERT_TRUE(Trainer::Create(training)->Run(source, *model, nullptr).ok());
}

absl::Span<const float> Row(const EmbeddingTable& table, uint32_t row) {
  return absl::MakeConstSpan(table.row(row), kDim);
}

// The nearest 19 words of each word: which part of them has its topic.
double NeighborPrecision(const EmbeddingTable& table) {
  double found = 0;
  for (uint32_t i = 0; i < kWords; ++i) {
    std::vector<std::pair<double, uint32_t>> others;
    for (uint32_t j = 0; j < kWords; ++j) {
      if (j != i) others.emplace_back(-Cosine(Row(table, i), Row(table, j)), j);
    }
    const auto end = others.begin() + (kWordsPerTopic - 1);
    std::nth_element(others.begin(), end, others.end());
    found += static_cast<double>(
        std::count_if(others.begin(), end, [&](const auto& other) {
          return TopicOf(other.second) == TopicOf(i);
        }));
  }
  return found / (kWords * (kWordsPerTopic - 1));
}

struct Quality {
  double mean = 0;
  double deviation = 0;  // between seeds
};

Quality Summary(const std::vector<double>& scores) {
  const auto count = static_cast<double>(scores.size());
  Quality quality;
  for (const double score : scores) quality.mean += score / count;
  double squares = 0;
  for (const double score : scores) {
    squares += (score - quality.mean) * (score - quality.mean);
  }
  quality.deviation = std::sqrt(squares / (count - 1));
  return quality;
}

// Whether the two are the same but for the seeds. The standard error of the
// difference of two means of 16 is 0.35 deviations: equal trainings fail once
// in 200 draws of the seeds, which are fixed here.
testing::AssertionResult Indistinguishable(const Quality& a, const Quality& b) {
  const double deviation =
      std::sqrt((a.deviation * a.deviation + b.deviation * b.deviation) / 2);
  const bool same = std::abs(a.mean - b.mean) <= deviation;
  return (same ? testing::AssertionSuccess() : testing::AssertionFailure())
         << a.mean << " and " << b.mean << ", deviation " << deviation;
}

class SharedNegativesTest : public testing::Test {
 protected:
  SharedNegativesTest()
      : source_(TopicSequences(), 25), counts_(source_.Counts(kWords)) {}

  // noise: counts that negatives are drawn by.
  template <class Model>
  Quality Measure(int negatives, const std::vector<uint64_t>& noise) {
    WindowModelOptions options;
    options.subsample = 0;
    options.negatives = negatives;
    TrainerOptions training;
    training.epochs = 3;
    training.learning_rate = 0.05;
    std::vector<double> scores;
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      options.seed = seed;
      Tables tables(seed);
      Train<Model>(options, training, noise, &source_, &tables);
      scores.push_back(NeighborPrecision(tables.input));
    }
    return Summary(scores);
  }

  MemorySource source_;
  const std::vector<uint64_t> counts_;
};

TEST_F(SharedNegativesTest, AreAsGoodAsUnsharedOnes) {
  const Quality unshared = Measure<UnsharedSkipGram>(5, counts_);
  const Quality shared = Measure<SkipGram>(5, counts_);
  EXPECT_TRUE(Indistinguishable(shared, unshared));
  // The task is neither too easy nor hopeless: chance is 0.08.
  EXPECT_GT(unshared.mean, 0.3);
  EXPECT_LT(unshared.mean, 0.6);

  // Fewer of them.
  const Quality few = Measure<SkipGram>(2, counts_);
  EXPECT_FALSE(Indistinguishable(few, unshared));
  // Drawn among a half of the topics.
  std::vector<uint64_t> half = counts_;
  for (uint32_t word = 0; word < kWords; ++word) {
    if (TopicOf(word) < kTopics / 2) half[word] = 0;
  }
  const Quality narrow = Measure<SkipGram>(5, half);
  EXPECT_FALSE(Indistinguishable(narrow, unshared));
}

// A center with one context shares with nobody: the two trainers then do the
// same with the same draws.
TEST(UnsharedSkipGramTest, EqualsTheSharedOneForSingleContexts) {
  constexpr uint32_t kIds = 30;
  std::vector<Sequence> pairs(2000);
  Philox random(2, RandomPurpose::kTest, 0, 0);
  for (Sequence& pair : pairs) pair = {random.Below(kIds), random.Below(kIds)};
  MemorySource source(pairs, 100);
  WindowModelOptions options;
  options.subsample = 0;
  Tables shared(1, kIds);
  Tables unshared(1, kIds);
  TrainerOptions training;
  training.learning_rate = 0.1;
  const std::vector<uint64_t> counts = source.Counts(kIds);
  Train<SkipGram>(options, training, counts, &source, &shared);
  Train<UnsharedSkipGram>(options, training, counts, &source, &unshared);
  for (uint32_t id = 0; id < kIds; ++id) {
    for (int k = 0; k < kDim; ++k) {
      // Thousands of steps, each rounded and with a sigmoid good to 4e-7.
      EXPECT_NEAR(shared.input.row(id)[k], unshared.input.row(id)[k], 1e-4);
      EXPECT_NEAR(shared.output.row(id)[k], unshared.output.row(id)[k], 1e-4);
    }
  }
  EXPECT_GT(std::abs(unshared.output.row(0)[0]), 0.01);
}

}  // namespace shared_negatives_test
}  // namespace embed
