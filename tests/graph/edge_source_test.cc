// Drawn edges against the weights of the graph, over a million draws a graph.
#include "graph/edge_source.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "embed/base/parallel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/chi_square.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace edge_source_test {

using ::testing::HasSubstr;

std::unique_ptr<EdgeSource> MakeSource(const Graph& graph, uint64_t draws = 0,
                                       uint64_t seed = 1) {
  auto source = EdgeSource::Create(graph, {draws, seed, 2});
  EXPECT_TRUE(source.ok()) << source.status();
  return std::move(*source);
}

// Tail and head of each draw of an epoch.
std::vector<uint32_t> Epoch(EdgeSource* source, uint32_t epoch) {
  std::vector<uint32_t> ids;
  SequenceBatch batch;
  for (uint64_t chunk = 0; chunk < source->num_chunks(); ++chunk) {
    EXPECT_TRUE(source->Read(epoch, chunk, &batch).ok());
    EXPECT_EQ(batch.first_sequence, ids.size() / 2);
    EXPECT_EQ(batch.num_sequences(), batch.ids.size() / 2);
    EXPECT_EQ(batch.sequence(batch.num_sequences() / 2).size(), 2u);
    EXPECT_EQ(batch.ends.back(), batch.ids.size());
    ids.insert(ids.end(), batch.ids.begin(), batch.ids.end());
  }
  EXPECT_EQ(ids.size(), 2 * source->draws_per_epoch());
  return ids;
}

// How often each cell of the matrix was drawn in a million draws.
std::vector<uint64_t> CountDraws(const Graph& graph) {
  const auto source = MakeSource(graph, 1000000);
  const std::vector<uint32_t> ids = Epoch(source.get(), 0);
  std::vector<uint64_t> counts(graph.num_nodes() * graph.num_nodes());
  for (size_t i = 0; i < ids.size(); i += 2) {
    ++counts[ids[i] * graph.num_nodes() + ids[i + 1]];
  }
  return counts;
}

std::vector<double> Flatten(const MatrixGraph& graph, bool weighted) {
  std::vector<double> cells;
  for (uint32_t from = 0; from < graph.size(); ++from) {
    for (uint32_t to = 0; to < graph.size(); ++to) {
      cells.push_back(graph.weight(from, to, weighted));
    }
  }
  return cells;
}

Graph WithoutWeights(const Graph& graph) {
  return Graph({graph.rows(), graph.rows() + graph.num_nodes() + 1},
               {graph.targets(), graph.targets() + graph.num_arcs()}, {});
}

TEST(EdgeSourceTest, DrawsArcsInProportionToTheirWeights) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    EXPECT_LT(
        ChiSquareDeviations(CountDraws(graph.graph), Flatten(graph, true)), 5)
        << graph.name;
    EXPECT_LT(ChiSquareDeviations(CountDraws(WithoutWeights(graph.graph)),
                                  Flatten(graph, false)),
              5)
        << graph.name;
  }
}

// What samplers get wrong is seen: a tail drawn uniformly and then one of its
// arcs, and a self-loop or a parallel edge counted in another way.
TEST(EdgeSourceTest, AWrongDistributionIsSeen) {
  const std::vector<MatrixGraph> graphs = HandMadeGraphs();
  for (const MatrixGraph& graph : graphs) {
    std::vector<double> by_tail = Flatten(graph, true);
    const std::vector<double> sums = OutWeights(graph.graph);
    for (size_t cell = 0; cell < by_tail.size(); ++cell) {
      const double sum = sums[cell / graph.size()];
      if (sum > 0) by_tail[cell] /= sum;
    }
    EXPECT_GT(ChiSquareDeviations(CountDraws(graph.graph), by_tail), 50)
        << graph.name;
  }
  const MatrixGraph& loops = graphs[2];
  ASSERT_EQ(loops.name, "self-loops");
  std::vector<double> doubled = Flatten(loops, true);
  doubled[0] *= 2;
  EXPECT_GT(ChiSquareDeviations(CountDraws(loops.graph), doubled), 50);
  const MatrixGraph& parallel = graphs[3];
  ASSERT_EQ(parallel.name, "parallel edges");
  EXPECT_GT(
      ChiSquareDeviations(CountDraws(parallel.graph), Flatten(parallel, false)),
      50);
}

TEST(EdgeSourceTest, GivesTheSameChunksInAnyOrderAndThread) {
  const std::vector<MatrixGraph> graphs = HandMadeGraphs();
  const MatrixGraph& graph = graphs[2];
  const auto source = MakeSource(graph.graph, 200000);
  const std::vector<uint32_t> expected = Epoch(source.get(), 3);
  const uint64_t chunks = source->num_chunks();
  ASSERT_EQ(chunks, 13u);  // the last one short
  const auto other = MakeSource(graph.graph, 200000);
  std::vector<uint32_t> ids(expected.size());
  RunThreads(3, [&](int thread) {
    SequenceBatch batch;
    for (uint64_t i = static_cast<uint64_t>(thread); i < chunks; i += 3) {
      ASSERT_TRUE(other->Read(3, chunks - 1 - i, &batch).ok());
      std::copy(batch.ids.begin(), batch.ids.end(),
                ids.begin() + static_cast<int64_t>(2 * batch.first_sequence));
    }
  });
  EXPECT_EQ(ids, expected);
  EXPECT_NE(Epoch(source.get(), 2), expected);
  EXPECT_NE(Epoch(MakeSource(graph.graph, 200000, 2).get(), 3), expected);
}

TEST(EdgeSourceTest, AnEpochDrawsAsOftenAsThereAreArcs) {
  const std::vector<MatrixGraph> graphs = HandMadeGraphs();
  const MatrixGraph& graph = graphs[0];
  EXPECT_EQ(MakeSource(graph.graph)->draws_per_epoch(), 8u);
  EXPECT_EQ(MakeSource(graph.graph)->num_chunks(), 1u);
}

TEST(EdgeSourceTest, SumsWeightsOfLeavingAndEnteringArcs) {
  const MatrixGraph graph = MakeMatrixGraph(
      "", 4, {{0, 1, 1}, {0, 2, 2.5f}, {2, 2, 4}, {3, 2, 1}}, true);
  EXPECT_THAT(OutWeights(graph.graph), testing::ElementsAre(3.5, 0, 4, 1));
  EXPECT_THAT(InWeights(graph.graph), testing::ElementsAre(0, 1, 7.5, 0));
  EXPECT_THAT(InWeights(WithoutWeights(graph.graph)),
              testing::ElementsAre(0, 1, 3, 0));
}

TEST(EdgeSourceTest, RefusesGraphsWithoutEdges) {
  const Graph graph({0, 0, 0}, {}, {});
  EXPECT_THAT(EdgeSource::Create(graph, {}).status().message(),
              HasSubstr("without edges"));
}

}  // namespace edge_source_test
}  // namespace embed
