// What holds for the walks of every kind of walker.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "embed/base/parallel.h"
#include "embed/base/philox.h"
#include "gmock/gmock.h"
#include "graph/walk_source.h"
#include "gtest/gtest.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace walkers_test {

using ::testing::HasSubstr;
using Walks = std::vector<std::vector<uint32_t>>;

struct Walker {
  std::string name;
  WalkOptions options;
};

std::vector<Walker> Walkers() {
  std::vector<Walker> walkers(7);
  for (Walker& walker : walkers) {
    walker.options.walks_per_node = 3;
    walker.options.walk_length = 25;
  }
  walkers[0].name = "uniform";
  walkers[1].name = "weighted";
  walkers[1].options.weighted = true;
  walkers[2].name = "node2vec";
  walkers[2].options.return_p = 0.25;
  walkers[2].options.inout_q = 4;
  walkers[3].name = "weighted node2vec";
  walkers[3].options = walkers[2].options;
  walkers[3].options.weighted = true;
  walkers[4].name = "node2vec+";
  walkers[4].options = walkers[3].options;
  walkers[4].options.plus = true;
  walkers[5].name = "restart";
  walkers[5].options.restart = 0.2;
  walkers[6].name = "degree penalty";
  walkers[6].options.degree_penalty = 0.5;
  return walkers;
}

// 1,500 nodes, a fifth of them without arcs, some with many.
Graph RandomGraph() {
  constexpr uint32_t kNodes = 1500;
  std::vector<std::vector<float>> weights(kNodes,
                                          std::vector<float>(kNodes, 0));
  Philox random(9, RandomPurpose::kTest, 0, 0);
  for (int i = 0; i < 12000; ++i) {
    uint32_t a = random.Below(1200);
    const uint32_t b = random.Below(a + 1);
    if (i % 2 == 0) a = a % 10;
    weights[a][b] = weights[b][a] = static_cast<float>(1 + random.Below(9));
  }
  std::vector<uint64_t> rows = {0};
  std::vector<uint32_t> targets;
  std::vector<float> arc_weights;
  for (uint32_t v = 0; v < kNodes; ++v) {
    for (uint32_t x = 0; x < kNodes; ++x) {
      if (weights[v][x] == 0) continue;
      targets.push_back(x);
      arc_weights.push_back(weights[v][x]);
    }
    rows.push_back(targets.size());
  }
  return Graph(rows, targets, arc_weights);
}

Walks Epoch(WalkSource* source, uint32_t epoch) {
  Walks walks;
  SequenceBatch batch;
  for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
    EXPECT_TRUE(source->Read(epoch, chunk, &batch).ok());
    for (size_t i = 0; i < batch.num_sequences(); ++i) {
      const absl::Span<const uint32_t> walk = batch.sequence(i);
      walks.emplace_back(walk.begin(), walk.end());
    }
  }
  return walks;
}

TEST(WalkersTest, GiveTheSameChunksInAnyOrderAndThread) {
  const Graph graph = RandomGraph();
  for (const Walker& walker : Walkers()) {
    const auto source = MakeWalkSource(graph, walker.options);
    const Walks expected = Epoch(source.get(), 2);
    Walks walks(expected.size());
    const uint64_t chunks = source->num_chunks();
    ASSERT_GT(chunks, 1u);
    WalkOptions options = walker.options;
    options.threads = 3;
    const auto other = MakeWalkSource(graph, options);
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
    EXPECT_EQ(walks, expected) << walker.name;
    EXPECT_NE(Epoch(source.get(), 1), expected) << walker.name;
    options.seed = 2;
    EXPECT_NE(Epoch(MakeWalkSource(graph, options).get(), 2), expected);
  }
}

// A walk is its own: what else is walked at the same time changes nothing.
TEST(WalkersTest, AWalkDependsOnItsNumberOnly) {
  const Graph graph = RandomGraph();
  for (const Walker& walker : Walkers()) {
    const Walks all = Epoch(MakeWalkSource(graph, walker.options).get(), 0);
    WalkOptions fewer = walker.options;
    fewer.walks_per_node = 1;
    const Walks some = Epoch(MakeWalkSource(graph, fewer).get(), 0);
    ASSERT_EQ(some.size(), graph.num_nodes());
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin()))
        << walker.name;
    // A shorter walk is the beginning of a longer one.
    fewer.walk_length = 10;
    const Walks shorter = Epoch(MakeWalkSource(graph, fewer).get(), 0);
    for (size_t i = 0; i < some.size(); ++i) {
      ASSERT_TRUE(
          std::equal(shorter[i].begin(), shorter[i].end(), some[i].begin()))
          << walker.name;
    }
  }
}

// The length counts vertices; nobody's walk starts elsewhere, node 0's neither;
// walks of nodes without arcs are one vertex, not padded.
TEST(WalkersTest, StartEverywhereAndHaveTheirLength) {
  const Graph graph = RandomGraph();
  for (const Walker& walker : Walkers()) {
    std::vector<int> starts(graph.num_nodes(), 0);
    for (const auto& walk :
         Epoch(MakeWalkSource(graph, walker.options).get(), 0)) {
      ++starts[walk[0]];
      ASSERT_EQ(walk.size(), graph.Degree(walk[0]) == 0 ? 1u : 25u)
          << walker.name;
    }
    EXPECT_EQ(starts, std::vector<int>(graph.num_nodes(), 3)) << walker.name;
  }
}

TEST(WalkersTest, EndAtDeadEnds) {
  const MatrixGraph path = MakeMatrixGraph(
      "path", 5, {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}}, /*directed=*/true);
  for (const Walker& walker : Walkers()) {
    if (walker.options.degree_penalty > 0 || walker.options.restart > 0) {
      continue;
    }
    for (const auto& walk :
         Epoch(MakeWalkSource(path.graph, walker.options).get(), 0)) {
      std::vector<uint32_t> expected;
      for (uint32_t v = walk[0]; v < 4; ++v) expected.push_back(v);
      if (walk[0] == 4) expected = {4};
      EXPECT_EQ(walk, expected) << walker.name;
    }
  }
}

TEST(WalkersTest, NameWrongOptions) {
  const Graph graph = RandomGraph();
  const auto message = [&](const WalkOptions& options) {
    return std::string(WalkSource::Create(graph, options).status().message());
  };
  WalkOptions options;
  options.return_p = 0;
  EXPECT_THAT(message(options), HasSubstr("p is 0"));
  options = WalkOptions();
  options.inout_q = std::nan("");
  EXPECT_THAT(message(options), HasSubstr("q is nan"));
  options = WalkOptions();
  options.restart = 1;
  EXPECT_THAT(message(options), HasSubstr("restart is 1"));
  options = WalkOptions();
  options.degree_penalty = -1;
  EXPECT_THAT(message(options), HasSubstr("degree_penalty is -1"));
  options.degree_penalty = 1;
  options.inout_q = 2;
  EXPECT_THAT(message(options), HasSubstr("exclude each other"));
  options = WalkOptions();
  options.plus = true;
  EXPECT_THAT(message(options), HasSubstr("needs weighted walks"));
}

}  // namespace walkers_test
}  // namespace embed
