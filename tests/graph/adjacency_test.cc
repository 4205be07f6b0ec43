#include "graph/adjacency.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace adjacency_test {

// Rows of 0 to 1,500 arcs: with and without a filter, at its edges too.
Graph RaggedGraph(uint32_t nodes) {
  std::vector<uint64_t> rows = {0};
  std::vector<uint32_t> targets;
  Philox random(3, RandomPurpose::kTest, 0, 0);
  for (uint32_t v = 0; v < nodes; ++v) {
    std::set<uint32_t> row;
    const uint32_t degree = v < 100      ? v
                            : v % 7 == 0 ? random.Below(nodes / 2)
                                         : 3;
    while (row.size() < degree) row.insert(random.Below(nodes));
    targets.insert(targets.end(), row.begin(), row.end());
    rows.push_back(targets.size());
  }
  return Graph(rows, targets, {});
}

// The same edges in both directions.
Graph BothWays(const Graph& graph) {
  std::vector<std::set<uint32_t>> neighbors(graph.num_nodes());
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    for (const uint32_t x : graph.Neighbors(v)) {
      neighbors[v].insert(x);
      neighbors[x].insert(v);
    }
  }
  std::vector<uint64_t> rows = {0};
  std::vector<uint32_t> targets;
  for (const std::set<uint32_t>& row : neighbors) {
    targets.insert(targets.end(), row.begin(), row.end());
    rows.push_back(targets.size());
  }
  return Graph(rows, targets, {});
}

// The arc from -> to by a scan.
uint64_t Scan(const Graph& graph, uint32_t from, uint32_t to) {
  const auto row = graph.Neighbors(from);
  const auto found = std::find(row.begin(), row.end(), to);
  return found == row.end()
             ? Adjacency::kNoArc
             : graph.rows()[from] + static_cast<uint64_t>(found - row.begin());
}

void ExpectWhatAScanFinds(const Graph& graph, bool both_ways) {
  const Adjacency adjacency = *Adjacency::Create(graph, both_ways, 2);
  std::vector<uint32_t> from;
  std::vector<uint32_t> to;
  Philox random(4, RandomPurpose::kTest, 0, 0);
  for (int i = 0; i < 200000; ++i) {
    const uint32_t v = random.Below(i % 2 == 0 ? 3000 : 120);
    from.push_back(v);
    const uint32_t degree = graph.Degree(v);
    to.push_back(i % 3 == 0 && degree > 0
                     ? graph.Neighbors(v)[random.Below(degree)]
                     : random.Below(3000));
  }
  uint64_t arcs[Adjacency::kMaxPairs];
  int pairs = 0;  // in a call; 0 to kMaxPairs
  for (size_t done = 0; done < from.size();) {
    pairs = std::min<int>(pairs, static_cast<int>(from.size() - done));
    adjacency.Find(&from[done], &to[done], pairs, arcs);
    for (int k = 0; k < pairs; ++k) {
      const size_t at = done + static_cast<size_t>(k);
      const uint64_t there = Scan(graph, from[at], to[at]);
      const uint64_t back = Scan(graph, to[at], from[at]);
      ASSERT_TRUE(arcs[k] == there || (both_ways && arcs[k] == back))
          << from[at] << " to " << to[at];
    }
    done += static_cast<size_t>(pairs);
    pairs = (pairs + 1) % (Adjacency::kMaxPairs + 1);
  }
}

TEST(AdjacencyTest, FindsWhatAScanFinds) {
  const Graph graph = RaggedGraph(3000);
  ExpectWhatAScanFinds(graph, false);
  ExpectWhatAScanFinds(BothWays(graph), true);
}

TEST(AdjacencyTest, LooksUpPairsThatAreAskedForInPieces) {
  const Graph graph = RaggedGraph(500);
  const Adjacency adjacency = *Adjacency::Create(graph, false, 1);
  Philox random(5, RandomPurpose::kTest, 0, 0);
  for (int piece : {1, 7, Adjacency::kMaxPairs}) {
    Adjacency::Lookup lookup;
    std::vector<uint64_t> expected;
    int sifted = 0;
    for (int i = 0; i < 2 * Adjacency::kMaxPairs; ++i) {
      const uint32_t from = random.Below(500);
      const uint32_t to = random.Below(500);
      const bool wanted = i % 2 == 1;
      lookup.Add(wanted, from, to);
      if (wanted) expected.push_back(Scan(graph, from, to));
      if ((i + 1) % (2 * piece) != 0) continue;
      adjacency.Ask(&lookup);
      adjacency.Sift(sifted, &lookup);
      sifted = lookup.size();
    }
    adjacency.Ask(&lookup);
    adjacency.Search(&lookup);
    ASSERT_EQ(lookup.size(), Adjacency::kMaxPairs);
    for (int k = 0; k < lookup.size(); ++k) {
      ASSERT_EQ(lookup.arc(k), expected[static_cast<size_t>(k)]) << k;
    }
  }
}

TEST(AdjacencyTest, TakesAByteAnArcAtMost) {
  const Graph graph = RaggedGraph(1000);
  EXPECT_LE(Adjacency::Create(graph, false, 1)->memory_bytes(),
            graph.num_arcs());
}

TEST(AdjacencyTest, FindsNothingInAGraphWithoutArcs) {
  const Graph empty(std::vector<uint64_t>{0, 0, 0}, {}, {});
  const Adjacency adjacency = *Adjacency::Create(empty, true, 4);
  const uint32_t from = 1;
  const uint32_t to = 0;
  uint64_t arc = 0;
  adjacency.Find(&from, &to, 1, &arc);
  EXPECT_EQ(arc, Adjacency::kNoArc);
}

}  // namespace adjacency_test
}  // namespace embed
