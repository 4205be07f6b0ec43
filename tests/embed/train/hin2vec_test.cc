// HIN2Vec against a plain loop in double that goes by the words of its header:
// strings for relations, one random word after the other, no kernel.
#include "embed/train/hin2vec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/philox.h"
#include "embed/math/alias_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"
#include "tests/embed/kernels/double_rows.h"
#include "tests/embed/train/memory_source.h"

namespace embed {
namespace hin2vec_test {

using ::testing::HasSubstr;

constexpr uint32_t kNodes = 30;
constexpr int kDim = 20;
constexpr uint16_t kTypes = 12;
const std::vector<uint32_t> kGroupEnds = {10, 14, 30};

// Walks of 1 to 12 nodes; every third step stays within a few nodes, so that
// cycles and self-loops occur.
std::vector<Sequence> TypedWalks(size_t count, uint64_t seed) {
  std::vector<Sequence> walks(count);
  Philox random(seed, RandomPurpose::kTest, 0, 0);
  for (Sequence& walk : walks) {
    const uint32_t nodes = 1 + random.Below(12);
    walk = {random.Below(kNodes)};
    for (uint32_t i = 1; i < nodes; ++i) {
      walk.push_back(kNodes + random.Below(kTypes));
      walk.push_back(random.Below(3) == 0 ? random.Below(3)
                                          : random.Below(kNodes));
    }
  }
  return walks;
}

struct Fixture {
  explicit Fixture(const Hin2vecOptions& the_options,
                   const std::vector<Sequence>& walks)
      : options(the_options),
        counter({kNodes, options.window, options.allow_cycles}, 100000) {
    for (const Sequence& walk : walks) EXPECT_TRUE(counter.Add(walk).ok());
    counts.assign(counter.visits().begin(), counter.visits().end());
    relations = counter.Finish();
    nodes = *EmbeddingTable::Create(kNodes, kDim);
    vectors = *EmbeddingTable::Create(relations.size(), kDim);
    nodes.FillUniform(0.5f, 3, 1);
    vectors.FillUniform(0.7f, 4, 1);
  }

  std::unique_ptr<Hin2vec> Make(const std::vector<uint32_t>& group_ends) {
    auto made = Hin2vec::Create(options, counts, group_ends, &relations, &nodes,
                                &vectors);
    EXPECT_TRUE(made.ok()) << made.status();
    return std::move(*made);
  }

  Hin2vecOptions options;
  RelationCounter counter;
  std::vector<uint64_t> counts;
  RelationIndex relations;
  EmbeddingTable nodes;
  EmbeddingTable vectors;
};

std::string KeyOf(const std::vector<uint16_t>& path) {
  std::string key;
  for (const uint16_t type : path) absl::StrAppend(&key, type, ">");
  return key;
}

// The reference: tables and the number of each relation by its key.
struct Reference {
  explicit Reference(const Fixture& fixture)
      : options(fixture.options),
        counts(fixture.counts),
        nodes(ToDouble(fixture.nodes)),
        vectors(ToDouble(fixture.vectors)) {
    for (uint32_t r = 0; r < fixture.relations.size(); ++r) {
      numbers[KeyOf(fixture.relations.Path(r))] = r;
    }
  }

  uint32_t Negative(uint32_t y, Philox* random) const {
    size_t group = 0;
    while (y >= group_ends[group]) ++group;
    const uint32_t begin = group == 0 ? 0 : group_ends[group - 1];
    std::vector<double> weights;
    for (uint32_t id = begin; id < group_ends[group]; ++id) {
      weights.push_back(
          std::pow(static_cast<double>(counts[id]), options.noise_exponent));
    }
    const uint32_t first = random->Next32();
    const uint32_t second = random->Next32();
    return begin + AliasTable::Create(weights)->Draw(first, second);
  }

  double Gate(double r) const {
    if (options.gate == RelationGate::kSigmoid) return Sigmoid(r);
    return r >= 0 ? 1 : 0;
  }

  void Step(uint32_t x, uint32_t r, const std::vector<uint32_t>& targets,
            double rate) {
    DoubleRow h = nodes[x];
    for (size_t i = 0; i < h.size(); ++i) h[i] *= Gate(vectors[r][i]);
    std::vector<double> g;
    for (size_t t = 0; t < targets.size(); ++t) {
      const double score = Dot(h, nodes[targets[t]]);
      loss += Softplus(t == 0 ? -score : score);
      g.push_back(rate * ((t == 0 ? 1 : 0) - Sigmoid(score)));
    }
    const DoubleRow old_x = nodes[x];
    DoubleRow e(h.size());
    for (size_t t = 0; t < targets.size(); ++t) {
      AddTimes(g[t], nodes[targets[t]], &e);
      AddTimes(g[t], h, &nodes[targets[t]]);
    }
    for (size_t i = 0; i < h.size(); ++i) {
      const double s = Sigmoid(vectors[r][i]);
      nodes[x][i] += e[i] * Gate(vectors[r][i]);
      vectors[r][i] += e[i] * old_x[i] * s * (1 - s);
    }
  }

  void Train(const Sequence& walk, uint64_t number, double rate) {
    Philox random(options.seed, RandomPurpose::kNegatives, 0, number);
    const size_t length = (walk.size() + 1) / 2;
    for (size_t a = 0; a < length; ++a) {
      std::string key;
      for (size_t b = a + 1;
           b < length && b - a <= static_cast<size_t>(options.window); ++b) {
        absl::StrAppend(&key, walk[2 * b - 1] - kNodes, ">");
        const uint32_t y = walk[2 * b];
        bool cycle = false;
        for (size_t c = a; c < b; ++c) cycle = cycle || walk[2 * c] == y;
        if (cycle && !options.allow_cycles) continue;
        std::vector<uint32_t> targets = {y};
        for (int n = 0; n < options.negatives; ++n) {
          const uint32_t negative = Negative(y, &random);
          if (negative != walk[2 * a] && negative != y) {
            targets.push_back(negative);
          }
        }
        Step(walk[2 * a], numbers.at(key), targets, rate);
        ++examples;
      }
    }
  }

  Hin2vecOptions options;
  std::vector<uint64_t> counts;
  std::vector<uint32_t> group_ends = kGroupEnds;
  DoubleRows nodes;
  DoubleRows vectors;
  std::map<std::string, uint32_t> numbers;
  double loss = 0;
  uint64_t examples = 0;
};

void CheckAgainstReference(const Hin2vecOptions& options,
                           const std::vector<uint32_t>& group_ends) {
  const std::vector<Sequence> walks = TypedWalks(40, 5);
  Fixture fixture(options, walks);
  Reference reference(fixture);
  reference.group_ends = group_ends;
  constexpr uint64_t kFirst = 7;
  for (size_t i = 0; i < walks.size(); ++i) {
    reference.Train(walks[i], kFirst + i, 0.05);
  }
  const std::unique_ptr<Hin2vec> objective = fixture.Make(group_ends);
  TrainStats stats;
  objective->NewWorker()->Train(0, MakeBatch(kFirst, walks), {0.05, 0.05},
                                &stats);
  EXPECT_EQ(stats.examples, reference.examples);
  EXPECT_GT(stats.examples, 200u);
  EXPECT_NEAR(stats.loss, reference.loss, 1e-4 * reference.loss);
  EXPECT_LT(LargestDifference(fixture.nodes, reference.nodes), 1e-4);
  EXPECT_LT(LargestDifference(fixture.vectors, reference.vectors), 1e-4);
}

TEST(Hin2vecTest, MatchesAPlainLoopInDouble) {
  for (const RelationGate gate :
       {RelationGate::kStep, RelationGate::kSigmoid}) {
    for (const bool allow_cycles : {false, true}) {
      Hin2vecOptions options;
      options.gate = gate;
      options.allow_cycles = allow_cycles;
      options.window = 4;
      options.negatives = 3;
      CheckAgainstReference(options, kGroupEnds);
      CheckAgainstReference(options, {kNodes});
    }
  }
}

TEST(Hin2vecTest, TakesNoNegatives) {
  Hin2vecOptions options;
  options.negatives = 0;
  CheckAgainstReference(options, kGroupEnds);
}

// Of walks that can train something, those of more than one node.
TEST(Hin2vecTest, CountsNodesAsTokens) {
  const std::vector<Sequence> walks = {{1, kNodes, 2, kNodes, 3}, {4}};
  Fixture fixture(Hin2vecOptions(), walks);
  TrainStats stats;
  fixture.Make(kGroupEnds)
      ->NewWorker()
      ->Train(0, MakeBatch(0, walks), {0.05, 0.05}, &stats);
  EXPECT_EQ(stats.tokens, 3u);
  EXPECT_EQ(stats.examples, 3u);
}

// A walk longer than a block of triples gives what its header says, and a
// worker keeps nothing from the batch before.
TEST(Hin2vecTest, DoesNotDependOnHowWalksAreBatched) {
  std::vector<Sequence> walks = TypedWalks(60, 6);
  Sequence longest = walks[0];
  for (size_t i = 1; i < walks.size(); ++i) {
    longest.push_back(kNodes);
    longest.insert(longest.end(), walks[i].begin(), walks[i].end());
  }
  walks.push_back(longest);
  Fixture whole(Hin2vecOptions(), walks);
  Fixture parts(Hin2vecOptions(), walks);
  TrainStats stats;
  whole.Make(kGroupEnds)
      ->NewWorker()
      ->Train(0, MakeBatch(0, walks), {0.05, 0.05}, &stats);
  const std::unique_ptr<Hin2vec> objective = parts.Make(kGroupEnds);
  const auto worker = objective->NewWorker();
  for (size_t i = 0; i < walks.size(); ++i) {
    worker->Train(0, MakeBatch(i, {walks[i]}), {0.05, 0.05}, &stats);
  }
  EXPECT_TRUE(std::equal(whole.nodes.data(),
                         whole.nodes.data() + kNodes * whole.nodes.stride(),
                         parts.nodes.data()));
  Reference reference{Fixture(Hin2vecOptions(), walks)};
  for (size_t i = 0; i < walks.size(); ++i) {
    reference.Train(walks[i], i, 0.05);
  }
  EXPECT_LT(LargestDifference(whole.nodes, reference.nodes), 1e-3);
}

TEST(Hin2vecTest, StartsAsPublished) {
  EmbeddingTable nodes = *EmbeddingTable::Create(500, 10);
  EmbeddingTable vectors = *EmbeddingTable::Create(400, 10);
  FillHin2vecTables(1, 2, &nodes, &vectors);
  double sum = 0;
  double product = 0;
  for (uint64_t r = 0; r < 400; ++r) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_LE(std::abs(nodes.row(r)[i]), 0.05f);
      EXPECT_GE(vectors.row(r)[i], 0.0f);
      EXPECT_LE(vectors.row(r)[i], 0.1f);
      sum += static_cast<double>(vectors.row(r)[i]);
      product +=
          static_cast<double>(nodes.row(r)[i] * (vectors.row(r)[i] - 0.05f));
    }
    EXPECT_EQ(vectors.row(r)[10], 0.0f);  // padding
  }
  EXPECT_NEAR(sum / 4000, 0.05, 0.002);
  EXPECT_NEAR(product / 4000, 0, 5e-5);  // of its own numbers
}

TEST(Hin2vecTest, NamesWhatCheckpointsKeep) {
  const std::vector<Sequence> walks = TypedWalks(10, 5);
  Fixture fixture(Hin2vecOptions(), walks);
  const std::unique_ptr<Hin2vec> objective = fixture.Make(kGroupEnds);
  const std::vector<TrainedArray> state = objective->State();
  ASSERT_EQ(state.size(), 2u);
  EXPECT_EQ(state[0].name, "input");
  EXPECT_EQ(state[0].values.data(), fixture.nodes.data());
  EXPECT_EQ(state[1].name, "relations");
  EXPECT_EQ(state[1].values.data(), fixture.vectors.data());
}

TEST(Hin2vecTest, RejectsWhatDoesNotFit) {
  const std::vector<Sequence> walks = TypedWalks(10, 5);
  const auto message = [&](const Hin2vecOptions& options,
                           const std::vector<uint32_t>& ends, int dim) {
    Fixture fixture(Hin2vecOptions(), walks);
    fixture.vectors = *EmbeddingTable::Create(fixture.relations.size(), dim);
    return std::string(Hin2vec::Create(options, fixture.counts, ends,
                                       &fixture.relations, &fixture.nodes,
                                       &fixture.vectors)
                           .status()
                           .message());
  };
  Hin2vecOptions options;
  EXPECT_EQ(message(options, kGroupEnds, kDim), "");
  EXPECT_THAT(message(options, kGroupEnds, kDim + 1), HasSubstr("relations"));
  EXPECT_THAT(message(options, {10, 29}, kDim), HasSubstr("groups"));
  options.window = 0;
  EXPECT_THAT(message(options, kGroupEnds, kDim), HasSubstr("window is 0"));
  options = {};
  options.negatives = -1;
  EXPECT_THAT(message(options, kGroupEnds, kDim), HasSubstr("negatives is -1"));
  options = {};
  options.noise_exponent = std::nan("");
  EXPECT_THAT(message(options, kGroupEnds, kDim), HasSubstr("noise_exponent"));
}

TEST(GroupedNegativesTest, DrawsWithinTheGroupByCounts) {
  std::vector<uint64_t> counts(kNodes);
  for (uint32_t id = 0; id < kNodes; ++id) counts[id] = id * id;  // one is 0
  const auto noise = GroupedNegatives::Create(counts, kGroupEnds, 0.75);
  ASSERT_TRUE(noise.ok());
  Philox random(9, RandomPurpose::kTest, 0, 0);
  for (const auto& [id, begin, end] :
       {std::tuple(3u, 0u, 10u), std::tuple(12u, 10u, 14u),
        std::tuple(29u, 14u, 30u)}) {
    std::vector<uint64_t> drawn(kNodes);
    std::vector<double> weights(kNodes);
    for (uint32_t i = begin; i < end; ++i) {
      weights[i] = std::pow(static_cast<double>(counts[i]), 0.75);
    }
    for (int i = 0; i < 100000; ++i) {
      const uint32_t words[] = {random.Next32(), random.Next32()};
      uint32_t out;
      noise->Draw(id, words, absl::MakeSpan(&out, 1));
      ++drawn[out];
    }
    EXPECT_LT(ChiSquareDeviations(drawn, weights), 5);
  }
}

}  // namespace hin2vec_test
}  // namespace embed
