#include "graph/symmetry.h"

#include <utility>
#include <vector>

#include "embed/base/philox.h"
#include "graph/arc_list.h"
#include "graph/graph_builder.h"
#include "gtest/gtest.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace symmetry_test {

TEST(SymmetryTest, HoldsForUndirectedGraphs) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    EXPECT_EQ(IsSymmetric(graph.graph), graph.name.find("directed") != 0)
        << graph.name;
  }
}

TEST(SymmetryTest, SeesOneArcTooManyAndOneWeightOff) {
  const std::vector<TestArc> both = {
      {0, 1, 1}, {1, 0, 1}, {1, 2, 2}, {2, 1, 2}};
  EXPECT_TRUE(IsSymmetric(MakeMatrixGraph("", 3, both, true).graph));
  for (const TestArc& more : {TestArc{0, 2, 1}, TestArc{2, 0, 1}}) {
    std::vector<TestArc> arcs = both;
    arcs.push_back(more);
    EXPECT_FALSE(IsSymmetric(MakeMatrixGraph("", 3, arcs, true).graph));
  }
  std::vector<TestArc> arcs = both;
  arcs[3].weight = 2.5f;
  EXPECT_FALSE(IsSymmetric(MakeMatrixGraph("", 3, arcs, true).graph));
  EXPECT_TRUE(IsSymmetric(Graph(std::vector<uint64_t>{0, 0}, {}, {})));
}

// What a graph of undirected edges knows of itself, seen from its rows alone.
TEST(SymmetryTest, IsKnownOfGraphsMadeOfUndirectedEdges) {
  constexpr uint32_t kNodes = 200;
  for (const bool directed : {false, true}) {
    Philox random(8, RandomPurpose::kTest, 0, 0);
    ArcList arcs(true);
    for (int i = 0; i < 3000; ++i) {  // repeated edges and self-loops too
      const uint32_t source = random.Below(kNodes);
      const uint32_t target = random.Below(source + 1);
      arcs.Append({source, target}, 0.1f + static_cast<float>(random.Below(9)));
    }
    const Graph graph = *BuildGraph(std::move(arcs), {kNodes, directed, 2});
    EXPECT_EQ(graph.undirected(), !directed);
    EXPECT_EQ(IsSymmetric(graph), !directed);
    const Graph rows_only(
        {graph.rows(), graph.rows() + kNodes + 1},
        {graph.targets(), graph.targets() + graph.num_arcs()},
        {graph.weights(), graph.weights() + graph.num_arcs()});
    EXPECT_FALSE(rows_only.undirected());
    EXPECT_EQ(IsSymmetric(rows_only), !directed);
  }
}

}  // namespace symmetry_test
}  // namespace embed
