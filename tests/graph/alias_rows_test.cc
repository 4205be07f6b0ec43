#include "graph/alias_rows.h"

#include <algorithm>
#include <string>
#include <vector>

#include "embed/math/alias_table.h"
#include "gtest/gtest.h"
#include "tests/graph/transitions.h"

namespace embed {
namespace alias_rows_test {

// As OfWeights(), with a layout of the test's choice.
AliasRows RowsOf(const Graph& graph, uint64_t layout_nodes) {
  return *AliasRows::Create(
      graph,
      [&graph](uint32_t node, std::vector<double>* weights) {
        const auto row = graph.Weights(node);
        std::copy(row.begin(), row.end(), weights->begin());
      },
      2, AliasLayout::For(layout_nodes));
}

// Every bucket beside the table of its row by the plain class, with words on
// both sides of its threshold and of the last that shares its leading bits.
void ExpectDrawsOfTables(const Graph& graph, const AliasRows& rows) {
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    if (graph.Degree(v) == 0) continue;
    const std::vector<double> weights(graph.Weights(v).begin(),
                                      graph.Weights(v).end());
    const AliasTable table = *AliasTable::Create(weights);
    for (uint32_t i = 0; i < graph.Degree(v); ++i) {
      const AliasEntry entry = table.entries()[i];
      for (const uint32_t word :
           {uint32_t{0}, entry.threshold - 1, entry.threshold,
            entry.threshold + 1, entry.threshold & ~0xFFFFFu,
            entry.threshold | 0xFFFFFu, entry.threshold ^ 0x80000000u,
            0xFFFFFFFFu}) {
        const uint32_t place = word < entry.threshold ? i : entry.alias;
        ASSERT_EQ(rows.Target(v, graph.rows()[v] + i, word),
                  graph.Neighbors(v)[place])
            << "arc " << i << " of node " << v << ", word " << word
            << ", threshold " << entry.threshold;
      }
    }
  }
}

// From thresholds that are whole in the bucket to none but 12 bits, and the
// layout beyond.
constexpr uint64_t kLayouts[] = {8,       1 << 16, (1 << 16) + 1,
                                 1 << 22, 1 << 26, (1 << 26) + 1};

TEST(AliasRowsTest, DrawAsAliasTables) {
  for (const MatrixGraph& graph : HandMadeGraphs()) {
    for (const uint64_t nodes : kLayouts) {
      SCOPED_TRACE(graph.name + " laid out for " + std::to_string(nodes));
      ExpectDrawsOfTables(graph.graph, RowsOf(graph.graph, nodes));
    }
  }
}

// Ids that need all their bits: 2^20 + 1 nodes, of which the last reaches the
// first and the last ones.
TEST(AliasRowsTest, HoldTheGreatestIds) {
  constexpr uint32_t kNodes = (1 << 20) + 1;
  std::vector<uint64_t> rows(kNodes + 1, 0);
  rows[kNodes] = 4;
  const Graph graph(rows, {0, 1, kNodes - 2, kNodes - 1}, {1, 5, 2, 0.125f});
  ExpectDrawsOfTables(graph, *AliasRows::OfWeights(graph, 1));
}

TEST(AliasRowsTest, LayoutsFillTheWord) {
  for (const uint64_t nodes : kLayouts) {
    const AliasLayout layout = AliasLayout::For(nodes);
    const int ids = layout.holds_own ? 2 : 1;
    EXPECT_GE(layout.threshold_shift, ids * layout.id_bits);
    EXPECT_GE(layout.threshold_shift, 32);
    EXPECT_LE(layout.threshold_shift, 52);
    EXPECT_LE(nodes, uint64_t{1} << layout.id_bits);
  }
}

TEST(AliasRowsTest, NeedWeights) {
  const Graph graph({0, 1}, {0}, {});
  EXPECT_FALSE(AliasRows::OfWeights(graph, 1).ok());
}

}  // namespace alias_rows_test
}  // namespace embed
