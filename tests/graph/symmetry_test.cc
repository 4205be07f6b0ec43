#include "graph/symmetry.h"

#include "gtest/gtest.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace {

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

}  // namespace
}  // namespace embed
