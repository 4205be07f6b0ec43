// CBOW and hierarchical softmax against trainers in double that take the same
// windows, negatives and paths.
#include "embed/train/cbow.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "embed/train/huffman_tree.h"
#include "embed/train/skip_gram.h"
#include "embed/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"
#include "tests/embed/train/reference_loop.h"

namespace embed {
namespace cbow_test {

constexpr uint32_t kIds = 20;
constexpr int kDim = 20;

using Labelled = std::vector<std::pair<uint32_t, int>>;  // row, label

struct Reference {
  Reference(const WindowModelOptions& some_options,
            const std::vector<uint64_t>& counts)
      : options(some_options), tree(*HuffmanTree::Create(counts)) {}

  Labelled TargetsOf(const WindowBlock& block, size_t i) const {
    const uint32_t center = block.ids[i];
    Labelled targets;
    if (options.loss == OutputLoss::kHierarchicalSoftmax) {
      const HuffmanTree::Path path = tree.PathOf(center);
      for (size_t n = 0; n < path.nodes.size(); ++n) {
        targets.emplace_back(path.nodes[n],
                             static_cast<int>(n) < path.num_zeros ? 1 : 0);
      }
      return targets;
    }
    targets.emplace_back(center, 1);
    for (const uint32_t negative : block.NegativesOf(i)) {
      if (negative != center) targets.emplace_back(negative, 0);
    }
    return targets;
  }

  static std::vector<uint32_t> ContextsOf(const WindowBlock& block, size_t i) {
    std::vector<uint32_t> contexts;
    for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
      if (c != i) contexts.push_back(block.ids[c]);
    }
    return contexts;
  }

  // Scores all targets (at most eight), then updates them in turn.
  void Predict(const Labelled& targets, const DoubleRow& hidden, double rate,
               DoubleRow* gradient) {
    std::vector<double> scores;
    for (const auto& target : targets) {
      scores.push_back(Dot(hidden, output[target.first]));
    }
    for (size_t t = 0; t < targets.size(); ++t) {
      const auto [row, label] = targets[t];
      loss += Softplus(label == 1 ? -scores[t] : scores[t]);
      const double g = rate * (label - Sigmoid(scores[t]));
      AddTimes(g, output[row], gradient);
      AddTimes(g, hidden, &output[row]);
    }
  }

  void Cbow(const WindowBlock& block, size_t i, double rate,
            CbowGradient kind) {
    const std::vector<uint32_t> contexts = ContextsOf(block, i);
    if (contexts.empty()) return;
    const double mean = 1.0 / static_cast<double>(contexts.size());
    DoubleRow hidden(input[0].size());
    for (const uint32_t c : contexts) AddTimes(mean, input[c], &hidden);
    DoubleRow gradient(hidden.size());
    Predict(TargetsOf(block, i), hidden, rate, &gradient);
    for (const uint32_t c : contexts) {
      AddTimes(kind == CbowGradient::kExact ? mean : 1.0, gradient, &input[c]);
    }
    ++examples;
  }

  // Skip-gram over the path of the center: all scores of the window first, then
  // six targets after six, contexts in turn.
  void SkipGram(const WindowBlock& block, size_t i, double rate) {
    const Labelled targets = TargetsOf(block, i);
    const std::vector<uint32_t> contexts = ContextsOf(block, i);
    const DoubleRows old_input = input;
    const DoubleRows old_output = output;
    for (size_t first = 0; first < targets.size(); first += 6) {
      for (const uint32_t context : contexts) {
        const DoubleRow row = input[context];
        for (size_t t = first; t < std::min(first + 6, targets.size()); ++t) {
          const auto [target, label] = targets[t];
          const double score = Dot(old_input[context], old_output[target]);
          loss += Softplus(label == 1 ? -score : score);
          const double g = rate * (label - Sigmoid(score));
          AddTimes(g, old_output[target], &input[context]);
          AddTimes(g, row, &output[target]);
        }
      }
    }
    examples += contexts.size();
  }

  const WindowModelOptions options;
  const HuffmanTree tree;
  DoubleRows input;
  DoubleRows output;
  double loss = 0;
  uint64_t examples = 0;
};

// Trains `create`'s objective and a reference whose visits are `visit`.
template <class Create, class Visit>
void Compare(const WindowModelOptions& options, const Create& create,
             const Visit& visit) {
  MemorySource source(RandomSequences(120, kIds, 3), 13);
  const std::vector<uint64_t> counts = source.Counts(kIds);
  TrainerOptions training;
  training.epochs = 2;
  training.learning_rate = 0.05;
  EmbeddingTable input = *EmbeddingTable::Create(kIds, kDim);
  EmbeddingTable output = *EmbeddingTable::Create(kIds, kDim);
  input.FillUniform(0.4f, 1, 1);
  output.FillUniform(0.4f, 2, 1);
  Reference reference(options, counts);
  reference.input = ToDouble(input);
  reference.output = ToDouble(output);
  ForEachCenter(&source, training, options, NegativesPer::kCenter, counts,
                [&](const WindowBlock& block, size_t i, double rate) {
                  visit(&reference, block, i, rate);
                });
  const auto objective = create(counts, &input, &output);
  const TrainResult result =
      *Trainer::Create(training)->Run(&source, *objective, nullptr);
  EXPECT_EQ(result.stats.examples, reference.examples);
  EXPECT_NEAR(result.stats.loss, reference.loss, 1e-5 * reference.loss);
  // Some thousand updates a row, each rounded to 6e-8 of about 1, with a
  // sigmoid good to 4e-7.
  EXPECT_LT(LargestDifference(input, reference.input), 2e-4);
  EXPECT_LT(LargestDifference(output, reference.output), 2e-4);
}

WindowModelOptions Options(OutputLoss loss) {
  WindowModelOptions options;
  options.window = 4;
  options.subsample = 0;
  options.loss = loss;
  // The sampler is asked for no negatives with the softmax.
  options.negatives = loss == OutputLoss::kNegativeSampling ? 5 : 0;
  return options;
}

class CbowTest
    : public testing::TestWithParam<std::pair<OutputLoss, CbowGradient>> {};

TEST_P(CbowTest, TrainsAsTheReference) {
  const auto [loss, gradient] = GetParam();
  const WindowModelOptions options = Options(loss);
  const CbowGradient kind = gradient;
  Compare(
      options,
      [&](const std::vector<uint64_t>& counts, EmbeddingTable* input,
          EmbeddingTable* output) {
        return *Cbow::Create(options, kind, counts, input, output);
      },
      [&](Reference* reference, const WindowBlock& block, size_t i,
          double rate) { reference->Cbow(block, i, rate, kind); });
}

INSTANTIATE_TEST_SUITE_P(
    LossesAndGradients, CbowTest,
    testing::Values(
        std::pair(OutputLoss::kNegativeSampling, CbowGradient::kExact),
        std::pair(OutputLoss::kNegativeSampling, CbowGradient::kWord2vec),
        std::pair(OutputLoss::kHierarchicalSoftmax, CbowGradient::kExact),
        std::pair(OutputLoss::kHierarchicalSoftmax, CbowGradient::kWord2vec)));

TEST(HierarchicalSoftmaxTest, SkipGramTrainsAsTheReference) {
  const WindowModelOptions options = Options(OutputLoss::kHierarchicalSoftmax);
  Compare(
      options,
      [&](const std::vector<uint64_t>& counts, EmbeddingTable* input,
          EmbeddingTable* output) {
        return *SkipGram::Create(options, counts, input, output);
      },
      [](Reference* reference, const WindowBlock& block, size_t i,
         double rate) { reference->SkipGram(block, i, rate); });
}

TEST(CbowTest, RefusesTablesThatDoNotFit) {
  EmbeddingTable input = *EmbeddingTable::Create(3, 4);
  EmbeddingTable output = *EmbeddingTable::Create(4, 4);
  const std::vector<uint64_t> counts = {1, 1, 1};
  EXPECT_EQ(Cbow::Create({}, CbowGradient::kExact, counts, &input, &output)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace cbow_test
}  // namespace embed
