// Published graphs, where the shared data lies beside the sources.
#include <fstream>
#include <string>

#include "graph/edge_list.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

void ExpectCounts(const std::string& name, uint32_t nodes, uint64_t edges) {
  EdgeListOptions options;
  options.path = std::string(EMBED_SHARED_DATA_DIR "/graph/") + name;
  if (!std::ifstream(options.path)) {
    GTEST_SKIP() << options.path << " is not there";
  }
  const auto loaded = LoadEdgeList(options);
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

}  // namespace
}  // namespace embed
