#include "graph/edge_holdout.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/graph/adjacency_list.hpp"
#include "boost/graph/connected_components.hpp"
#include "gmock/gmock.h"
#include "graph/graph_builder.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"

namespace embed {
namespace edge_holdout_test {

using testing::HasSubstr;

using Pair = std::pair<uint32_t, uint32_t>;

Graph Build(const std::vector<Pair>& pairs, uint32_t nodes, bool directed) {
  ArcList arcs(false);
  for (const Pair& pair : pairs) arcs.Append({pair.first, pair.second});
  GraphBuildOptions options;
  options.num_nodes = nodes;
  options.directed = directed;
  auto graph = BuildGraph(std::move(arcs), options);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return *std::move(graph);
}

// Two random parts that no edge joins, self-loops, and two isolated nodes.
std::vector<Pair> TwoParts(int seed) {
  std::mt19937 random(static_cast<uint32_t>(seed));
  std::vector<Pair> pairs;
  for (int i = 0; i < 150; ++i) {
    pairs.emplace_back(random() % 40, random() % 40);
    pairs.emplace_back(40 + random() % 20, 40 + random() % 20);
  }
  return pairs;
}
constexpr uint32_t kNodes = 62;

// The part of each node, by Boost.
std::vector<int> Parts(const std::vector<Pair>& pairs) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(
      kNodes);
  for (const Pair& pair : pairs) add_edge(pair.first, pair.second, graph);
  std::vector<int> parts(kNodes);
  connected_components(graph, parts.data());
  return parts;
}

// As sets: undirected pairs with the smaller node first.
std::set<Pair> AsSet(const std::vector<Pair>& pairs, bool directed) {
  std::set<Pair> set;
  for (Pair pair : pairs) {
    if (!directed && pair.second < pair.first) {
      std::swap(pair.first, pair.second);
    }
    set.insert(pair);
  }
  return set;
}

std::vector<Pair> AsPairs(const std::vector<Arc>& arcs) {
  std::vector<Pair> pairs;
  for (const Arc& arc : arcs) pairs.emplace_back(arc.source, arc.target);
  return pairs;
}

TEST(EdgeHoldoutTest, PartsStayConnectedAndNothingIsLost) {
  for (int seed = 0; seed < 10; ++seed) {
    for (const bool directed : {false, true}) {
      const std::vector<Pair> pairs = TwoParts(seed);
      const std::set<Pair> edges = AsSet(pairs, directed);
      const Graph graph = Build(pairs, kNodes, directed);
      HoldoutOptions options;
      options.fraction = 0.4;
      options.directed = directed;
      options.seed = static_cast<uint64_t>(seed);
      const auto holdout = HoldOutEdges(graph, options);
      ASSERT_TRUE(holdout.ok()) << holdout.status();

      const std::vector<Pair> kept = AsPairs(holdout->kept);
      EXPECT_EQ(Parts(kept), Parts(pairs));
      std::set<Pair> all = AsSet(kept, directed);
      EXPECT_EQ(all.size(), kept.size());
      size_t held_out = 0;
      for (const Pair& pair : AsPairs(holdout->held_out)) {
        EXPECT_NE(pair.first, pair.second);
        EXPECT_TRUE(all.insert(pair).second);
        ++held_out;
      }
      EXPECT_EQ(all, edges);
      size_t loops = 0;
      for (const Pair& pair : edges) loops += pair.first == pair.second;
      EXPECT_GT(loops, 0u);
      EXPECT_NEAR(static_cast<double>(held_out),
                  0.4 * static_cast<double>(edges.size() - loops), 0.5);

      const auto other = AsPairs(holdout->non_edges);
      EXPECT_EQ(other.size(), held_out);
      EXPECT_EQ(AsSet(other, directed).size(), held_out);
      for (const Pair& pair : other) {
        EXPECT_EQ(edges.count(pair), 0u);
        EXPECT_NE(pair.first, pair.second);
      }
    }
  }
}

TEST(EdgeHoldoutTest, DependsOnTheSeedOnly) {
  const Graph graph = Build(TwoParts(1), kNodes, false);
  HoldoutOptions options;
  options.fraction = 0.3;
  const auto first = HoldOutEdges(graph, options);
  const auto again = HoldOutEdges(graph, options);
  options.seed = 2;
  const auto other = HoldOutEdges(graph, options);
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(AsPairs(first->kept), AsPairs(again->kept));
  EXPECT_EQ(AsPairs(first->non_edges), AsPairs(again->non_edges));
  EXPECT_NE(AsPairs(first->kept), AsPairs(other->kept));
  EXPECT_NE(AsPairs(first->non_edges), AsPairs(other->non_edges));
}

// A square without diagonals loses each edge as often; its only two non-edges
// are its diagonals. In a larger sparse graph all non-edges are as likely.
TEST(EdgeHoldoutTest, ChoicesAreUniform) {
  const Graph square = Build({{0, 1}, {1, 2}, {2, 3}, {3, 0}}, 4, false);
  std::map<Pair, uint64_t> lost, drawn;
  HoldoutOptions options;
  options.fraction = 0.25;
  for (options.seed = 0; options.seed < 4000; ++options.seed) {
    const auto holdout = HoldOutEdges(square, options);
    ASSERT_TRUE(holdout.ok());
    ++lost[AsPairs(holdout->held_out)[0]];
    ++drawn[AsPairs(holdout->non_edges)[0]];
  }
  ASSERT_EQ(lost.size(), 4u);
  ASSERT_EQ(drawn.size(), 2u);
  std::vector<uint64_t> counts;
  for (const auto& [pair, count] : lost) counts.push_back(count);
  EXPECT_LT(ChiSquareDeviations(counts, {1, 1, 1, 1}), 5);

  std::vector<Pair> ring;
  for (uint32_t i = 0; i < 12; ++i) ring.emplace_back(i, (i + 1) % 12);
  const Graph sparse = Build(ring, 12, true);
  options.directed = true;
  options.fraction = 0.08;
  drawn.clear();
  for (options.seed = 0; options.seed < 12000; ++options.seed) {
    const auto holdout = HoldOutEdges(sparse, options);
    ASSERT_TRUE(holdout.ok());
    for (const Pair& pair : AsPairs(holdout->non_edges)) ++drawn[pair];
  }
  ASSERT_EQ(drawn.size(), 120u);  // 12 * 11 - 12
  counts.clear();
  for (const auto& [pair, count] : drawn) counts.push_back(count);
  EXPECT_LT(ChiSquareDeviations(counts, std::vector<double>(120, 1)), 5);
}

// Users 0 .. 19 and items 20 .. 29: the other pairs are of users and items too.
TEST(EdgeHoldoutTest, SameSourceKeepsTheKinds) {
  std::mt19937 random(4);
  std::vector<Pair> pairs;
  for (int i = 0; i < 90; ++i) {
    pairs.emplace_back(random() % 20, 20 + random() % 10);
  }
  const Graph graph = Build(pairs, 30, true);
  HoldoutOptions options;
  options.fraction = 0.4;
  options.directed = true;
  options.non_edges = NonEdges::kSameSource;
  const auto holdout = HoldOutEdges(graph, options);
  ASSERT_TRUE(holdout.ok()) << holdout.status();
  const std::set<Pair> edges = AsSet(pairs, true);
  ASSERT_EQ(holdout->non_edges.size(), holdout->held_out.size());
  std::set<Pair> seen;
  for (size_t i = 0; i < holdout->non_edges.size(); ++i) {
    const Arc pair = holdout->non_edges[i];
    EXPECT_EQ(pair.source, holdout->held_out[i].source);
    EXPECT_GE(pair.target, 20u);
    EXPECT_EQ(edges.count({pair.source, pair.target}), 0u);
    EXPECT_TRUE(seen.insert({pair.source, pair.target}).second);
  }
}

TEST(EdgeHoldoutTest, DenseGraphsGiveEveryPairThatIsLeft) {
  std::vector<Pair> pairs;
  for (uint32_t a = 0; a < 12; ++a) {
    for (uint32_t b = a + 1; b < 12; ++b) {
      if ((a + b) % 11 != 0) pairs.emplace_back(a, b);
    }
  }
  const Graph graph = Build(pairs, 12, false);
  HoldoutOptions options;
  options.fraction = 5.0 / static_cast<double>(pairs.size());
  const auto holdout = HoldOutEdges(graph, options);
  ASSERT_TRUE(holdout.ok()) << holdout.status();
  for (const Arc& pair : holdout->non_edges) {
    EXPECT_EQ((pair.source + pair.target) % 11, 0u);
  }
  options.fraction = 0.5;
  EXPECT_THAT(HoldOutEdges(graph, options).status().message(),
              HasSubstr("pairs of nodes have no edge"));
}

TEST(EdgeHoldoutTest, RefusesWhatCannotBe) {
  const Graph path = Build({{0, 1}, {1, 2}, {2, 3}, {3, 0}}, 4, false);
  HoldoutOptions options;
  const auto message = [&] {
    return std::string(HoldOutEdges(path, options).status().message());
  };
  options.fraction = 0.5;
  EXPECT_THAT(message(), HasSubstr("at most 0.25"));
  options.fraction = 0.1;
  EXPECT_THAT(message(), HasSubstr("is none"));
  for (const double bad : {0.0, 1.0, -0.1, std::nan("")}) {
    options.fraction = bad;
    EXPECT_THAT(message(), HasSubstr("not between 0 and 1"));
  }
  options.fraction = 0.25;
  options.non_edges = NonEdges::kSameSource;
  EXPECT_THAT(message(), HasSubstr("directed graphs only"));
}

}  // namespace edge_holdout_test
}  // namespace embed
