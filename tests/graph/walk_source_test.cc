#include "graph/walk_source.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "embed/base/parallel.h"
#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "graph/graph_builder.h"
#include "gtest/gtest.h"

namespace embed {
namespace walk_source_test {

using ::testing::HasSubstr;

struct WeightedArc {
  uint32_t source;
  uint32_t target;
  float weight;
};

Graph MakeGraph(const std::vector<WeightedArc>& arcs, uint32_t nodes,
                bool directed, bool weighted) {
  ArcList list(weighted);
  for (const WeightedArc& arc : arcs) {
    list.Append({arc.source, arc.target}, arc.weight);
  }
  return *BuildGraph(std::move(list), {nodes, directed, 1});
}

// A triangle 0, 1, 2 with a tail 2 - 3, a self-loop at 3 and 4 alone.
Graph FiveNodes(bool directed, bool weighted) {
  return MakeGraph(
      {{0, 1, 1}, {1, 2, 2.5f}, {2, 0, 0.25f}, {2, 3, 7}, {3, 3, 3}}, 5,
      directed, weighted);
}

// About 3,000 nodes, some without arcs.
Graph RandomGraph(bool directed) {
  std::vector<WeightedArc> arcs;
  Philox random(9, RandomPurpose::kTest, 0, 0);
  for (int i = 0; i < 9000; ++i) {
    const uint32_t source = random.Below(3000);
    arcs.push_back({source, random.Below(source + 1),
                    1.0f + static_cast<float>(random.Below(9))});
  }
  return MakeGraph(arcs, 3000, directed, true);
}

std::unique_ptr<WalkSource> MakeSource(const Graph& graph, int walks,
                                       int length, bool weighted = false,
                                       uint64_t seed = 1) {
  WalkOptions options;
  options.walks_per_node = walks;
  options.walk_length = length;
  options.weighted = weighted;
  options.seed = seed;
  auto source = WalkSource::Create(graph, options);
  EXPECT_TRUE(source.ok()) << source.status();
  return std::move(*source);
}

// All walks of an epoch, in the order of their numbers.
std::vector<std::vector<uint32_t>> Epoch(WalkSource* source, uint32_t epoch) {
  std::vector<std::vector<uint32_t>> walks;
  SequenceBatch batch;
  for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
    EXPECT_TRUE(source->Read(epoch, chunk, &batch).ok());
    EXPECT_EQ(batch.first_sequence, walks.size());
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      walks.emplace_back(walk.begin(), walk.end());
    }
  }
  EXPECT_EQ(walks.size(), source->num_walks());
  return walks;
}

using Pairs = std::map<std::pair<uint32_t, uint32_t>, double>;

Pairs CountSteps(const std::vector<std::vector<uint32_t>>& walks) {
  Pairs counts;
  for (const std::vector<uint32_t>& walk : walks) {
    for (size_t i = 1; i < walk.size(); ++i) ++counts[{walk[i - 1], walk[i]}];
  }
  return counts;
}

// Chi-square of the steps against probabilities in proportion to `weights`, as
// standard deviations of a normal variable (Wilson and Hilferty 1931: the cube
// root of chi-square is nearly normal even with few degrees of freedom). Steps
// that no arc allows fail.
double StepDeviation(const Pairs& counts, const Pairs& weights) {
  std::map<uint32_t, double> weight_sums;
  std::map<uint32_t, double> count_sums;
  for (const auto& [arc, weight] : weights) weight_sums[arc.first] += weight;
  for (const auto& [arc, count] : counts) {
    EXPECT_EQ(weights.count(arc), 1u) << arc.first << " to " << arc.second;
    count_sums[arc.first] += count;
  }
  double chi_square = 0;
  double freedom = 0;
  for (const auto& [arc, weight] : weights) {
    const double expected =
        count_sums[arc.first] * weight / weight_sums[arc.first];
    const auto entry = counts.find(arc);
    const double count = entry == counts.end() ? 0 : entry->second;
    chi_square += (count - expected) * (count - expected) / expected;
    ++freedom;
  }
  freedom -= static_cast<double>(weight_sums.size());
  const double variance = 2 / (9 * freedom);
  return (std::cbrt(chi_square / freedom) - (1 - variance)) /
         std::sqrt(variance);
}

TEST(WalkSourceTest, StartsEachNodeOnceAPass) {
  const Graph graph = RandomGraph(false);
  const auto source = MakeSource(graph, 7, 5);
  const auto walks = Epoch(source.get(), 0);
  ASSERT_EQ(walks.size(), 7u * 3000);
  std::set<std::vector<uint32_t>> orders;
  for (int pass = 0; pass < 7; ++pass) {
    std::vector<uint32_t> starts;
    for (int i = 0; i < 3000; ++i) starts.push_back(walks[pass * 3000 + i][0]);
    orders.insert(starts);
    std::sort(starts.begin(), starts.end());
    for (uint32_t i = 0; i < 3000; ++i) ASSERT_EQ(starts[i], i);
  }
  EXPECT_EQ(orders.size(), 7u);  // each pass in an order of its own
}

TEST(WalkSourceTest, FollowsArcsForTheWholeLength) {
  const Graph graph = RandomGraph(false);
  for (int length : {2, 40, 65, 66, 200}) {  // around one refill of words
    const auto source = MakeSource(graph, 1, length);
    for (const auto& walk : Epoch(source.get(), 3)) {
      const bool isolated = graph.Degree(walk[0]) == 0;
      ASSERT_EQ(walk.size(), isolated ? 1u : static_cast<size_t>(length));
      for (size_t i = 1; i < walk.size(); ++i) {
        const auto row = graph.Neighbors(walk[i - 1]);
        ASSERT_TRUE(std::binary_search(row.begin(), row.end(), walk[i]));
      }
    }
  }
}

TEST(WalkSourceTest, EndsAtDeadEnds) {
  // 0 -> 1 -> 2 -> 3, and 4 alone.
  const Graph graph =
      MakeGraph({{0, 1, 1}, {1, 2, 1}, {2, 3, 1}}, 5, true, true);
  for (bool weighted : {false, true}) {
    const auto source = MakeSource(graph, 50, 4, weighted);
    for (const auto& walk : Epoch(source.get(), 0)) {
      std::vector<uint32_t> expected;
      for (uint32_t v = walk[0]; v < 4; ++v) expected.push_back(v);
      if (walk[0] == 4) expected = {4};
      EXPECT_EQ(walk, expected);
    }
  }
}

TEST(WalkSourceTest, StepsUniformly) {
  const Graph graph = FiveNodes(false, true);
  const auto source = MakeSource(graph, 6000, 40);
  const Pairs arcs = {{{0, 1}, 1}, {{0, 2}, 1}, {{1, 0}, 1},
                      {{1, 2}, 1}, {{2, 0}, 1}, {{2, 1}, 1},
                      {{2, 3}, 1}, {{3, 2}, 1}, {{3, 3}, 1}};
  const Pairs counts = CountSteps(Epoch(source.get(), 0));
  EXPECT_LT(std::abs(StepDeviation(counts, arcs)), 4);
  // A wrong distribution is seen.
  Pairs wrong = arcs;
  wrong[{2, 3}] = 1.02;
  EXPECT_GT(StepDeviation(counts, wrong), 4);
}

TEST(WalkSourceTest, StepsByWeight) {
  const Graph graph = FiveNodes(false, true);
  const auto source = MakeSource(graph, 6000, 40, true);
  const Pairs arcs = {{{0, 1}, 1},   {{0, 2}, 0.25}, {{1, 0}, 1},
                      {{1, 2}, 2.5}, {{2, 0}, 0.25}, {{2, 1}, 2.5},
                      {{2, 3}, 7},   {{3, 2}, 7},    {{3, 3}, 3}};
  EXPECT_LT(std::abs(StepDeviation(CountSteps(Epoch(source.get(), 0)), arcs)),
            4);
}

TEST(WalkSourceTest, StepsOneWayInADirectedGraph) {
  const Graph graph = FiveNodes(true, true);
  const auto source = MakeSource(graph, 20000, 10, true);
  const Pairs arcs = {
      {{0, 1}, 1}, {{1, 2}, 2.5}, {{2, 0}, 0.25}, {{2, 3}, 7}, {{3, 3}, 3}};
  EXPECT_LT(std::abs(StepDeviation(CountSteps(Epoch(source.get(), 0)), arcs)),
            4);
}

TEST(WalkSourceTest, StepsByWeightOverAWholeRandomGraph) {
  const Graph graph = RandomGraph(false);
  Pairs arcs;
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    for (uint32_t i = 0; i < graph.Degree(v); ++i) {
      arcs[{v, graph.Neighbors(v)[i]}] = graph.Weights(v)[i];
    }
  }
  const auto source = MakeSource(graph, 40, 40, true);
  EXPECT_LT(std::abs(StepDeviation(CountSteps(Epoch(source.get(), 0)), arcs)),
            4);
}

TEST(WalkSourceTest, VisitsInProportionToDegree) {
  const Graph graph = RandomGraph(false);
  const auto source = MakeSource(graph, 40, 60);
  // Walks in the giant component, after their first steps.
  std::vector<double> visits(graph.num_nodes(), 0);
  double total = 0;
  double arcs = 0;
  for (const auto& walk : Epoch(source.get(), 0)) {
    for (size_t i = 40; i < walk.size(); ++i) ++visits[walk[i]];
  }
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    total += visits[v];
    arcs += graph.Degree(v);
  }
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    const double expected = total * graph.Degree(v) / arcs;
    if (expected < 2000) continue;
    EXPECT_NEAR(visits[v] / expected, 1, 0.15) << "degree " << graph.Degree(v);
  }
}

TEST(WalkSourceTest, GivesTheSameChunksInAnyOrderAndThread) {
  const Graph graph = RandomGraph(true);
  for (bool weighted : {false, true}) {
    const auto source = MakeSource(graph, 11, 30, weighted);
    const auto expected = Epoch(source.get(), 2);
    std::vector<std::vector<uint32_t>> walks(expected.size());
    const uint64_t chunks = source->num_chunks();
    ASSERT_GT(chunks, 10u);
    const auto other = MakeSource(graph, 11, 30, weighted);
    RunThreads(3, [&](int thread) {
      SequenceBatch batch;
      for (uint64_t i = static_cast<uint64_t>(thread); i < chunks; i += 3) {
        ASSERT_TRUE(other->Read(2, chunks - 1 - i, &batch).ok());
        for (size_t k = 0; k < batch.num_sequences(); ++k) {
          const auto walk = batch.sequence(k);
          walks[batch.first_sequence + k].assign(walk.begin(), walk.end());
        }
      }
    });
    EXPECT_EQ(walks, expected);
  }
}

TEST(WalkSourceTest, ChangesWithEpochAndSeed) {
  const Graph graph = RandomGraph(false);
  const auto source = MakeSource(graph, 1, 10);
  const auto walks = Epoch(source.get(), 0);
  EXPECT_EQ(Epoch(source.get(), 0), walks);
  EXPECT_NE(Epoch(source.get(), 1), walks);
  EXPECT_NE(Epoch(MakeSource(graph, 1, 10, false, 2).get(), 0), walks);
}

// One walker at a time, word by word, from the definition in the header.
TEST(WalkSourceTest, IsThePlainWalkOfItsRandomStream) {
  const Graph graph = RandomGraph(true);
  const auto source = MakeSource(graph, 2, 100, false, 77);
  const auto walks = Epoch(source.get(), 5);
  for (uint64_t s = 0; s < walks.size(); ++s) {
    Philox random(77, RandomPurpose::kWalkSteps, 5, s);
    std::vector<uint32_t> expected = {walks[s][0]};
    while (expected.size() < 100 && graph.Degree(expected.back()) > 0) {
      const auto row = graph.Neighbors(expected.back());
      expected.push_back(row[(uint64_t{random.Next32()} * row.size()) >> 32]);
    }
    ASSERT_EQ(walks[s], expected) << "walk " << s;
  }
}

TEST(WalkSourceTest, NamesWrongOptions) {
  const Graph graph = FiveNodes(false, false);
  WalkOptions options;
  options.walks_per_node = 0;
  EXPECT_THAT(WalkSource::Create(graph, options).status().message(),
              HasSubstr("walks_per_node is 0"));
  options = WalkOptions();
  for (int length : {-1, 1, 65537}) {
    options.walk_length = length;
    EXPECT_THAT(WalkSource::Create(graph, options).status().message(),
                HasSubstr("walk_length is "));
  }
  options = WalkOptions();
  options.weighted = true;
  EXPECT_THAT(WalkSource::Create(graph, options).status().message(),
              HasSubstr("need a graph with weights"));
  EXPECT_THAT(WalkSource::Create(Graph(), WalkOptions()).status().message(),
              HasSubstr("without nodes"));
}

}  // namespace walk_source_test
}  // namespace embed
