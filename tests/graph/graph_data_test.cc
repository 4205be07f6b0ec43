// Published graphs, where the shared data lies beside the sources.
#include <fstream>
#include <string>

#include "graph/graph_file.h"
#include "graph/typed_edge_list.h"
#include "gtest/gtest.h"

namespace embed {
namespace graph_data_test {

void ExpectCounts(const std::string& name, uint32_t nodes, uint64_t edges) {
  GraphFileOptions options;
  options.path = std::string(EMBED_SHARED_DATA_DIR "/graph/") + name;
  if (!std::ifstream(options.path)) {
    GTEST_SKIP() << options.path << " is not there";
  }
  const auto loaded = LoadGraph(options);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->graph.num_nodes(), nodes);
  EXPECT_EQ(loaded->stats.edges, edges);
  EXPECT_EQ(loaded->vocabulary.size(), nodes);
  for (uint32_t v = 1; v < nodes; ++v) {
    ASSERT_LE(loaded->graph.Degree(v), loaded->graph.Degree(v - 1));
  }
}

TEST(GraphDataTest, LoadsKarate) { ExpectCounts("karate.edges", 34, 78); }

TEST(GraphDataTest, LoadsBlogCatalog) {
  ExpectCounts("blogcatalog.edges.zst", 10312, 333983);
}

TEST(GraphDataTest, LoadsTypedLastFm) {
  GraphFileOptions options;
  options.path = EMBED_SHARED_DATA_DIR "/hin/lastfm.edges.tsv.zst";
  if (!std::ifstream(options.path)) {
    GTEST_SKIP() << options.path << " is not there";
  }
  const auto loaded = LoadTypedGraph(options);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const auto size_of = [&](const char* name) {
    const TypedGraph& graph = loaded->graph;
    const auto& type = graph.node_types()[graph.FindNodeType(name)];
    return type.end - type.begin;
  };
  EXPECT_EQ(size_of("user"), 1892u);
  EXPECT_EQ(size_of("artist"), 17632u);
  EXPECT_EQ(size_of("tag"), 9718u);
  // Friends are listed both ways, which is one edge.
  EXPECT_EQ(loaded->stats.edges, 92834u + 108437 + 25434 / 2);
  EXPECT_EQ(loaded->graph.FindEdgeType("friend^-1"), TypedGraph::kNoType);
}

}  // namespace graph_data_test
}  // namespace embed
