#include "graph/graph_builder.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "boost/graph/connected_components.hpp"
#include "boost/graph/graph_utility.hpp"
#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "graph/row_passes.h"
#include "gtest/gtest.h"

namespace embed {
namespace graph_builder_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct WeightedArc {
  uint32_t source;
  uint32_t target;
  float weight;
};

ArcList MakeList(const std::vector<WeightedArc>& arcs, bool weighted) {
  ArcList list(weighted);
  for (const WeightedArc& arc : arcs) {
    list.Append({arc.source, arc.target}, arc.weight);
  }
  return list;
}

// A path 0 - 1 - 2, a self-loop at 2, an edge 3 - 1 given three times, and 4
// without any edge.
const std::vector<WeightedArc> kFiveNodes = {
    {0, 1, 1}, {1, 2, 2}, {2, 2, 4}, {3, 1, 0.5f}, {1, 3, 1}, {3, 1, 3}};

TEST(GraphBuilderTest, StoresUndirectedEdgesBothWays) {
  const auto graph = BuildGraph(MakeList(kFiveNodes, true), {5, false, 1});
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->num_nodes(), 5u);
  EXPECT_EQ(graph->num_arcs(), 7u);
  EXPECT_TRUE(graph->weighted());
  EXPECT_THAT(graph->Neighbors(0), ElementsAre(1));
  EXPECT_THAT(graph->Neighbors(1), ElementsAre(0, 2, 3));
  EXPECT_THAT(graph->Weights(1), ElementsAre(1, 2, 4.5));
  EXPECT_THAT(graph->Neighbors(2), ElementsAre(1, 2));
  EXPECT_THAT(graph->Weights(2), ElementsAre(2, 4));
  EXPECT_THAT(graph->Neighbors(3), ElementsAre(1));
  EXPECT_THAT(graph->Weights(3), ElementsAre(4.5));
  EXPECT_THAT(graph->Neighbors(4), IsEmpty());
  EXPECT_EQ(graph->Degree(4), 0u);
  EXPECT_EQ(graph->memory_bytes(), 6 * 8 + 7 * 8u);
}

TEST(GraphBuilderTest, StoresArcsOneWayWhenDirected) {
  const auto graph = BuildGraph(MakeList(kFiveNodes, false), {5, true, 1});
  ASSERT_TRUE(graph.ok());
  EXPECT_FALSE(graph->weighted());
  EXPECT_EQ(graph->num_arcs(), 5u);
  EXPECT_THAT(graph->Neighbors(0), ElementsAre(1));
  EXPECT_THAT(graph->Neighbors(1), ElementsAre(2, 3));
  EXPECT_THAT(graph->Neighbors(2), ElementsAre(2));
  EXPECT_THAT(graph->Neighbors(3), ElementsAre(1));
  EXPECT_THAT(graph->Weights(1), IsEmpty());
  EXPECT_EQ(graph->memory_bytes(), 6 * 8 + 5 * 4u);
}

TEST(GraphBuilderTest, IsAGraphForBoost) {
  const auto graph = BuildGraph(MakeList(kFiveNodes, false), {5, false, 1});
  ASSERT_TRUE(graph.ok());
  const Graph::Csr& csr = graph->csr();
  EXPECT_EQ(boost::num_vertices(csr), 5u);
  EXPECT_EQ(boost::num_edges(csr), 7u);
  EXPECT_EQ(boost::out_degree(uint32_t{1}, csr), 3u);
  std::vector<uint32_t> component(5);
  EXPECT_EQ(
      boost::connected_components(
          csr, boost::make_iterator_property_map(
                   component.begin(), boost::get(boost::vertex_index, csr))),
      2);
  EXPECT_NE(component[4], component[0]);
}

// The same rows from a map of maps.
void ExpectSameAsMap(const std::vector<WeightedArc>& arcs, uint32_t nodes,
                     bool directed, const Graph& graph,
                     const std::vector<uint32_t>& number) {
  std::vector<std::map<uint32_t, double>> rows(nodes);
  for (const WeightedArc& arc : arcs) {
    const uint32_t source = number[arc.source];
    const uint32_t target = number[arc.target];
    rows[source][target] += arc.weight;
    if (!directed && source != target) rows[target][source] += arc.weight;
  }
  for (uint32_t v = 0; v < nodes; ++v) {
    ASSERT_EQ(graph.Degree(v), rows[v].size());
    size_t i = 0;
    for (const auto& [target, weight] : rows[v]) {
      EXPECT_EQ(graph.Neighbors(v)[i], target);
      if (graph.weighted()) {
        EXPECT_EQ(graph.Weights(v)[i], static_cast<float>(weight));
      }
      ++i;
    }
  }
}

TEST(GraphBuilderTest, AgreesWithAMapOnRandomGraphs) {
  constexpr uint32_t kNodes = 3000;
  for (uint64_t run = 0; run < 8; ++run) {
    const bool directed = run % 2 == 1;
    const bool weighted = run / 2 % 2 == 1;
    const int threads = run < 4 ? 1 : 3;
    Philox random(3, RandomPurpose::kTest, 0, run);
    std::vector<WeightedArc> arcs;
    for (int i = 0; i < 20000; ++i) {
      const uint32_t source = random.Below(random.Below(kNodes) + 1);
      const uint32_t target = random.Below(random.Below(kNodes) + 1);
      arcs.push_back(
          {source, target, 0.1f + static_cast<float>(random.Below(1000))});
    }
    const auto graph =
        BuildGraph(MakeList(arcs, weighted), {kNodes, directed, threads});
    ASSERT_TRUE(graph.ok());
    std::vector<uint32_t> order(kNodes);
    std::iota(order.begin(), order.end(), 0);
    ExpectSameAsMap(arcs, kNodes, directed, *graph, order);

    std::shuffle(order.begin(), order.end(), std::minstd_rand(5));
    std::vector<uint32_t> number(kNodes);
    for (uint32_t i = 0; i < kNodes; ++i) number[order[i]] = i;
    const GraphBuildOptions options = {kNodes, directed, threads};
    auto rows = GatherRows(MakeList(arcs, weighted), options);
    ASSERT_TRUE(rows.ok());
    ExpectSameAsMap(arcs, kNodes, directed,
                    ArrangeRows(*std::move(rows), order, options), number);
  }
}

// More arcs than a block of the list holds, half of them in one row.
TEST(GraphBuilderTest, GathersDirectedArcsWithWeightsInTheListsOrder) {
  constexpr uint32_t kNodes = 1000;
  constexpr uint32_t kArcs = 1500000;
  for (const int threads : {1, 3}) {
    Philox random(3, RandomPurpose::kTest, 1, 0);
    ArcList list(true);
    std::vector<std::vector<std::pair<uint32_t, float>>> expected(kNodes);
    for (uint32_t i = 0; i < kArcs; ++i) {
      const uint32_t source = i % 2 == 0 ? 700 : random.Below(kNodes - 1);
      const auto weight = static_cast<float>(random.Below(1000));
      list.Append({source, i}, weight);
      expected[source].push_back({i, weight});
    }
    const ArcRows rows = GatherInPasses(std::move(list), kNodes, threads);
    ASSERT_EQ(rows.starts.size(), kNodes + 1);
    ASSERT_EQ(rows.targets.size(), kArcs);
    ASSERT_EQ(rows.weights.size(), kArcs);
    for (uint32_t v = 0; v < kNodes; ++v) {
      const uint64_t begin = rows.starts[v];
      ASSERT_EQ(rows.starts[v + 1] - begin, expected[v].size());
      for (size_t i = 0; i < expected[v].size(); ++i) {
        ASSERT_EQ(rows.targets[begin + i], expected[v][i].first);
        ASSERT_EQ(rows.weights[begin + i], expected[v][i].second);
      }
    }
  }
}

TEST(GraphBuilderTest, GathersNoArcs) {
  const ArcRows rows = GatherInPasses(ArcList(true), 3, 2);
  EXPECT_EQ(rows.starts, std::vector<uint64_t>(4));
  EXPECT_TRUE(rows.targets.empty());
}

TEST(GraphBuilderTest, RefusesASumThatOverflows) {
  const float large = std::numeric_limits<float>::max();
  const auto graph =
      BuildGraph(MakeList({{0, 1, large}, {1, 0, large}}, true), {2, false, 1});
  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(graph.status().message(), HasSubstr("beyond the range of float"));
}

TEST(ArcListTest, KeepsTheOrderOverBlocks) {
  constexpr uint32_t kSize = 2200000;  // more than two blocks
  ArcList list(true);
  for (uint32_t i = 0; i < kSize; ++i) {
    list.Append({i, i + 1}, static_cast<float>(i));
  }
  uint32_t next = 0;
  for (size_t block = 0; block < list.num_blocks(); ++block) {
    for (size_t i = 0; i < list.sources(block).size(); ++i) {
      ASSERT_EQ(list.sources(block)[i], next);
      ASSERT_EQ(list.targets(block)[i], next + 1);
      ASSERT_EQ(list.weights(block)[i], static_cast<float>(next));
      ++next;
    }
  }
  EXPECT_EQ(next, kSize);
}

}  // namespace graph_builder_test
}  // namespace embed
