// Training with AdaGrad, clipping and frozen tables against a trainer in double
// that takes the same windows, negatives and paths; on every kernel target.
#include "embed/train/gradient_worker.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "embed/kernels/cpu_target.h"
#include "embed/train/cbow.h"
#include "embed/train/huffman_tree.h"
#include "embed/train/skip_gram.h"
#include "gtest/gtest.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace gradient_worker_test {

constexpr uint32_t kIds = 30;
constexpr uint32_t kFeatureRows = 25;
constexpr int kDim = 20;

enum class Method { kWindow, kFeatures, kMeanFeatures, kCbow, kWord2vecCbow };

bool IsCbow(Method m) {
  return m == Method::kCbow || m == Method::kWord2vecCbow;
}
bool HasFeatures(Method m) {
  return m == Method::kFeatures || m == Method::kMeanFeatures;
}

// Ids with 0 to 5 features, some of them twice; every seventh id has none.
FeatureMap MakeFeatures(Method method) {
  Philox random(2, RandomPurpose::kTest, 0, 0);
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> rows;
  for (uint32_t id = 0; id < kIds; ++id) {
    const uint32_t count = id % 7 == 3 ? 0 : 1 + random.Below(5);
    for (uint32_t f = 0; f < count; ++f) {
      rows.push_back(random.Below(kFeatureRows));
    }
    offsets.push_back(rows.size());
  }
  std::vector<uint64_t> keys(kFeatureRows);
  for (uint32_t r = 0; r < kFeatureRows; ++r) keys[r] = 100 + r;
  return *FeatureMap::Create(
      offsets, rows, keys,
      method == Method::kMeanFeatures ? Compose::kMean : Compose::kSum);
}

struct Target {
  uint32_t row;
  double label;
  double weight;
};

// One table in double with its optimiser, as optimizer.h states it.
struct ReferenceTable {
  void Apply(const OptimizerOptions& options, double rate, DoubleRow gradient,
             uint32_t row) {
    const double norm = std::sqrt(Dot(gradient, gradient));
    double step = rate;
    double mean_square = norm * norm / kDim;
    if (options.clip_gradient > 0 && norm > options.clip_gradient) {
      step *= options.clip_gradient / norm;
      mean_square = options.clip_gradient * options.clip_gradient / kDim;
    }
    if (options.kind == OptimizerKind::kAdaGrad) {
      squares[row] += mean_square;
      step /= std::sqrt(squares[row] + options.epsilon);
    }
    AddTimes(step, gradient, &rows[row]);
  }

  DoubleRows rows;
  std::vector<double> squares;
};

struct Reference {
  std::vector<Target> TargetsOf(uint32_t id, absl::Span<const uint32_t> drawn,
                                bool merge) const {
    std::vector<Target> targets;
    if (options.loss == OutputLoss::kHierarchicalSoftmax) {
      const HuffmanTree::Path path = tree.PathOf(id);
      for (size_t n = 0; n < path.nodes.size(); ++n) {
        const bool zero = static_cast<int>(n) < path.num_zeros;
        targets.push_back({path.nodes[n], zero ? 1.0 : 0.0, 1.0});
      }
      return targets;
    }
    targets.push_back({id, 1, 1});
    for (const uint32_t negative : drawn) {
      if (negative == id) continue;
      const auto same =
          std::find_if(targets.begin(), targets.end(),
                       [&](const Target& t) { return t.row == negative; });
      if (merge && same != targets.end()) {
        same->weight += 1;
      } else {
        targets.push_back({negative, 0, 1});
      }
    }
    return targets;
  }

  // One step: `inputs` lists the rows of each input vector.
  void Step(const std::vector<std::vector<uint32_t>>& inputs, double scale,
            double gradient_scale, const std::vector<Target>& targets) {
    DoubleRows hidden(inputs.size(), DoubleRow(input.rows[0].size()));
    DoubleRows input_gradients = hidden;
    DoubleRows target_gradients(targets.size(), hidden[0]);
    for (size_t i = 0; i < inputs.size(); ++i) {
      for (const uint32_t row : inputs[i]) {
        AddTimes(scale, input.rows[row], &hidden[i]);
      }
      for (size_t j = 0; j < targets.size(); ++j) {
        const auto [row, label, weight] = targets[j];
        const double score = Dot(hidden[i], output.rows[row]);
        loss += weight * Softplus((1 - 2 * label) * score);
        const double error = weight * (label - Sigmoid(score));
        AddTimes(error * gradient_scale, output.rows[row], &input_gradients[i]);
        AddTimes(error, hidden[i], &target_gradients[j]);
      }
    }
    for (size_t i = 0; i < inputs.size() && options.optimizer.train_input;
         ++i) {
      for (const uint32_t row : inputs[i]) {
        input.Apply(options.optimizer, rate, input_gradients[i], row);
      }
    }
    for (size_t j = 0; j < targets.size() && options.optimizer.train_output;
         ++j) {
      output.Apply(options.optimizer, rate, target_gradients[j],
                   targets[j].row);
    }
  }

  void Train(const WindowBlock& block, size_t i) {
    std::vector<uint32_t> contexts;
    for (size_t c = block.begin[i]; c < block.end[i]; ++c) {
      if (c != i) contexts.push_back(block.ids[c]);
    }
    if (contexts.empty()) return;
    const auto drawn = block.NegativesOf(i);
    if (method == Method::kWindow) {
      std::vector<std::vector<uint32_t>> inputs;
      for (const uint32_t c : contexts) inputs.push_back({c});
      Step(inputs, 1, 1, TargetsOf(block.ids[i], drawn, true));
    } else if (IsCbow(method)) {
      const double mean = 1.0 / static_cast<double>(contexts.size());
      Step({contexts}, mean, method == Method::kCbow ? mean : 1,
           TargetsOf(block.ids[i], drawn, false));
    } else {
      TrainFeatures(block.ids[i], contexts, drawn);
    }
  }

  void TrainFeatures(uint32_t center, const std::vector<uint32_t>& contexts,
                     absl::Span<const uint32_t> drawn) {
    const auto rows = features->Rows(center);
    if (rows.empty()) return;
    const double scale = method == Method::kMeanFeatures
                             ? 1.0 / static_cast<double>(rows.size())
                             : 1.0;
    std::vector<Target> targets;
    const size_t each = drawn.size() / contexts.size();
    for (size_t c = 0; c < contexts.size(); ++c) {
      for (const Target& target :
           TargetsOf(contexts[c], drawn.subspan(c * each, each), false)) {
        targets.push_back(target);
      }
    }
    Step({{rows.begin(), rows.end()}}, scale, scale, targets);
  }

  const Method method;
  const WindowModelOptions options;
  const HuffmanTree tree;
  const FeatureMap* const features;
  const double rate;
  ReferenceTable input;
  ReferenceTable output;
  double loss = 0;
};

WindowModelOptions Options(OutputLoss loss, const OptimizerOptions& optimizer) {
  WindowModelOptions options;
  options.window = 3;
  options.subsample = 0;
  options.loss = loss;
  options.negatives = loss == OutputLoss::kNegativeSampling ? 5 : 0;
  options.optimizer = optimizer;
  return options;
}

// Tables, objective, and what it was trained on.
struct Training {
  Training(Method some_method, const WindowModelOptions& options,
           size_t sequences)
      : method(some_method),
        source(RandomSequences(sequences, kIds, 3), sequences),
        counts(MemorySource(RandomSequences(200, kIds, 3), 1).Counts(kIds)),
        features(MakeFeatures(method)),
        input(*EmbeddingTable::Create(HasFeatures(method) ? kFeatureRows : kIds,
                                      kDim)),
        output(*EmbeddingTable::Create(kIds, kDim)) {
    input.FillUniform(0.4f, 1, 1);
    output.FillUniform(0.4f, 2, 1);
    if (IsCbow(method)) {
      objective =
          *Cbow::Create(options,
                        method == Method::kCbow ? CbowGradient::kExact
                                                : CbowGradient::kWord2vec,
                        counts, &input, &output);
    } else {
      objective = *SkipGram::Create(options, counts, &input, &output,
                                    HasFeatures(method) ? &features : nullptr);
    }
  }

  void Run(double rate) {
    SequenceBatch batch;
    ASSERT_TRUE(source.Read(0, 0, &batch).ok());
    objective->NewWorker()->Train(0, batch, {rate, rate}, &stats);
  }

  // The same in double, from the tables as they are now.
  Reference Repeat(const WindowModelOptions& options, double rate) {
    Reference reference = {method,
                           options,
                           *HuffmanTree::Create(counts),
                           &features,
                           rate,
                           {ToDouble(input), std::vector<double>(kIds)},
                           {ToDouble(output), std::vector<double>(kIds)}};
    const Subsampler subsampler = *Subsampler::Create(counts, 0);
    const NegativeSampler negatives =
        *NegativeSampler::Create(counts, options.noise_exponent);
    WindowOptions windows;
    windows.window = options.window;
    windows.negatives = options.negatives;
    windows.negatives_per =
        HasFeatures(method) ? NegativesPer::kContext : NegativesPer::kCenter;
    windows.seed = options.seed;
    WindowSampler sampler(windows, &subsampler, &negatives);
    SequenceBatch batch;
    EXPECT_TRUE(source.Read(0, 0, &batch).ok());
    sampler.Start(0, &batch);
    WindowBlock block;
    while (sampler.Next(&block)) {
      for (size_t i = 0; i < block.size(); ++i) reference.Train(block, i);
    }
    return reference;
  }

  const Method method;
  MemorySource source;
  const std::vector<uint64_t> counts;
  const FeatureMap features;
  EmbeddingTable input;
  EmbeddingTable output;
  std::unique_ptr<Objective> objective;
  TrainStats stats;
};

OptimizerOptions AdaGrad(double clip = 0) {
  OptimizerOptions options;
  options.kind = OptimizerKind::kAdaGrad;
  options.clip_gradient = clip;
  return options;
}

OptimizerOptions ClippedSgd(double clip) {
  OptimizerOptions options;
  options.clip_gradient = clip;
  return options;
}

std::vector<Method> AllMethods() {
  return {Method::kWindow, Method::kFeatures, Method::kMeanFeatures,
          Method::kCbow, Method::kWord2vecCbow};
}

void CompareWithReference(Method method, OutputLoss loss,
                          const OptimizerOptions& optimizer) {
  const double rate = optimizer.kind == OptimizerKind::kAdaGrad ? 0.1 : 0.05;
  const WindowModelOptions options = Options(loss, optimizer);
  Training training(method, options, 60);
  const Reference reference = training.Repeat(options, rate);
  training.Run(rate);
  EXPECT_NEAR(training.stats.loss, reference.loss, 1e-5 * reference.loss);
  // Some thousand updates a row of values of about 1.
  EXPECT_LT(LargestDifference(training.input, reference.input.rows), 3e-4);
  EXPECT_LT(LargestDifference(training.output, reference.output.rows), 3e-4);
  const std::map<std::string, const std::vector<double>*> squares = {
      {"input_squares", &reference.input.squares},
      {"output_squares", &reference.output.squares}};
  for (const TrainedArray& array : training.objective->State()) {
    const auto expected = squares.find(array.name);
    if (expected == squares.end()) continue;
    for (size_t r = 0; r < array.values.size(); ++r) {
      const double sum = (*expected->second)[r];
      EXPECT_NEAR(array.values[r], sum, 1e-4 * sum) << array.name << " " << r;
    }
  }
}

class GradientWorkerTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_TRUE(ForceCpuTarget(GetParam()).ok()); }
  void TearDown() override { ASSERT_TRUE(ForceCpuTarget("auto").ok()); }

  template <class Check>
  void ForAll(const Check& check) {
    for (const Method method : AllMethods()) {
      for (const OutputLoss loss :
           {OutputLoss::kNegativeSampling, OutputLoss::kHierarchicalSoftmax}) {
        SCOPED_TRACE(testing::Message() << "method " << static_cast<int>(method)
                                        << ", loss " << static_cast<int>(loss));
        check(method, loss);
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Targets, GradientWorkerTest,
                         testing::ValuesIn(AvailableCpuTargets()),
                         [](const auto& param) { return param.param; });

TEST_P(GradientWorkerTest, AdaGradTrainsAsTheReference) {
  ForAll([](Method method, OutputLoss loss) {
    CompareWithReference(method, loss, AdaGrad());
  });
}

TEST_P(GradientWorkerTest, ClippedAdaGradTrainsAsTheReference) {
  ForAll([](Method method, OutputLoss loss) {
    CompareWithReference(method, loss, AdaGrad(0.3));
  });
}

TEST_P(GradientWorkerTest, ClippedSgdTrainsAsTheReference) {
  ForAll([](Method method, OutputLoss loss) {
    CompareWithReference(method, loss, ClippedSgd(0.3));
  });
}

// Not a byte of a frozen table changes; the other one learns.
TEST_P(GradientWorkerTest, FrozenTablesStay) {
  ForAll([](Method method, OutputLoss loss) {
    for (const bool train_input : {false, true}) {
      OptimizerOptions optimizer;
      optimizer.train_input = train_input;
      optimizer.train_output = !train_input;
      const WindowModelOptions options = Options(loss, optimizer);
      Training training(method, options, 30);
      const DoubleRows input = ToDouble(training.input);
      const DoubleRows output = ToDouble(training.output);
      const Reference reference = training.Repeat(options, 0.05);
      training.Run(0.05);
      EXPECT_EQ(LargestDifference(training.input, input) == 0, !train_input);
      EXPECT_EQ(LargestDifference(training.output, output) == 0, train_input);
      EXPECT_LT(LargestDifference(training.input, reference.input.rows), 2e-4);
      EXPECT_LT(LargestDifference(training.output, reference.output.rows),
                2e-4);
      ASSERT_EQ(training.objective->State().size(), 1u);
      EXPECT_EQ(training.objective->State()[0].name,
                train_input ? "input" : "output");
    }
  });
}

// A clip that nothing reaches leaves SGD, so both paths must agree; the rate is
// small, because the fused kernels let later rows see earlier updates.
TEST_P(GradientWorkerTest, AgreesWithTheFusedKernels) {
  ForAll([](Method method, OutputLoss loss) {
    Training fused(method, Options(loss, {}), 1);
    Training formed(method, Options(loss, ClippedSgd(1e6)), 1);
    const DoubleRows start = ToDouble(formed.input);
    fused.Run(1e-4);
    formed.Run(1e-4);
    EXPECT_GT(formed.stats.examples, 0u);
    EXPECT_EQ(fused.stats.examples, formed.stats.examples);
    EXPECT_NEAR(fused.stats.loss, formed.stats.loss, 1e-4 * fused.stats.loss);
    EXPECT_LT(LargestDifference(fused.input, ToDouble(formed.input)), 2e-6);
    EXPECT_LT(LargestDifference(fused.output, ToDouble(formed.output)), 2e-6);
    EXPECT_GT(LargestDifference(formed.input, start), 3e-5);
  });
}

}  // namespace gradient_worker_test
}  // namespace embed
