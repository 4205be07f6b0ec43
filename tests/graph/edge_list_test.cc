#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_file.h"
#include "gtest/gtest.h"
#include "tests/graph/loaded_rows.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace edge_list_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LoadedGraph Load(const std::string& content, GraphFileOptions options = {}) {
  const TempFile file(content);
  options.path = file.path();
  auto loaded = LoadGraph(options);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? std::move(*loaded) : LoadedGraph();
}

TEST(EdgeListTest, OrdersNodesByDegreeThenAppearance) {
  const LoadedGraph loaded = Load("d a\nb a\na c\nc b\n");
  EXPECT_THAT(Keys(loaded), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(loaded.vocabulary.counts(), ElementsAre(3, 2, 2, 1));
  EXPECT_THAT(Row(loaded, "a"), ElementsAre("b", "c", "d"));
  EXPECT_THAT(Row(loaded, "d"), ElementsAre("a"));
  EXPECT_EQ(loaded.stats.lines, 4u);
  EXPECT_EQ(loaded.stats.edges, 4u);
  EXPECT_EQ(loaded.stats.bytes, 16u);
  EXPECT_EQ(loaded.stats.duplicates, 0u);
}

TEST(EdgeListTest, AcceptsAllThatTextFilesDo) {
  const LoadedGraph loaded = Load(
      "\xEF\xBB\xBF# comment\r\n"
      "% another\n"
      "\n"
      " \t \n"
      "1\t2\r\n"
      "  2   3  \n"
      " # also a comment\n"
      "\xE7\x94\xB1 99999999999999999999\n"
      "1 \xE7\x94\xB1");
  EXPECT_THAT(Keys(loaded), ElementsAre("1", "2", "\xE7\x94\xB1", "3",
                                        "99999999999999999999"));
  EXPECT_EQ(loaded.stats.lines, 9u);
  EXPECT_EQ(loaded.stats.edges, 4u);
}

TEST(EdgeListTest, MergesAndCountsRepeatedEdges) {
  const char* text = "a b\nb a\na b\nc c\nc c\nb c\n";
  const LoadedGraph both = Load(text);
  EXPECT_EQ(both.stats.edges, 3u);
  EXPECT_EQ(both.stats.duplicates, 3u);
  EXPECT_EQ(both.stats.self_loops, 1u);
  EXPECT_THAT(Row(both, "c"), ElementsAre("b", "c"));
  EXPECT_EQ(both.graph.num_arcs(), 5u);

  GraphFileOptions options;
  options.directed = true;
  const LoadedGraph one_way = Load(text, options);
  EXPECT_EQ(one_way.stats.edges, 4u);
  EXPECT_EQ(one_way.stats.duplicates, 2u);
  EXPECT_THAT(Row(one_way, "a"), ElementsAre("b"));
  EXPECT_THAT(Row(one_way, "b"), ElementsAre("c", "a"));
  EXPECT_THAT(Row(one_way, "c"), ElementsAre("c"));
  // Out and in: a 1 + 1, b 2 + 1, c 1 + 2.
  EXPECT_THAT(Keys(one_way), ElementsAre("b", "c", "a"));
  EXPECT_THAT(one_way.vocabulary.counts(), ElementsAre(3, 3, 2));
}

TEST(EdgeListTest, SumsWeights) {
  GraphFileOptions options;
  options.weighted = true;
  const LoadedGraph loaded =
      Load("a b 1.5\nb a 2\nb c 1e-3 extra\nc c +4\n", options);
  EXPECT_THAT(Row(loaded, "b"), ElementsAre("c 0.001", "a 3.5"));
  EXPECT_THAT(Row(loaded, "a"), ElementsAre("b 3.5"));
  EXPECT_THAT(Row(loaded, "c"), ElementsAre("b 0.001", "c 4"));
  EXPECT_EQ(loaded.stats.ignored_weights, 0u);
}

TEST(EdgeListTest, CountsWeightsThatItIgnores) {
  const LoadedGraph loaded = Load("a b 1.5\nb c\nc a text\n");
  EXPECT_FALSE(loaded.graph.weighted());
  EXPECT_EQ(loaded.stats.ignored_weights, 2u);
  EXPECT_EQ(loaded.stats.edges, 3u);
}

TEST(EdgeListTest, KeepsIsolatedNodesOfTheNodeList) {
  const TempFile nodes("# all nodes\nlonely\nb\r\n\nalone\na\nlonely\n");
  GraphFileOptions options;
  options.node_list_path = nodes.path();
  const LoadedGraph loaded = Load("b c\na b\n", options);
  EXPECT_THAT(Keys(loaded), ElementsAre("b", "c", "a", "lonely", "alone"));
  EXPECT_EQ(loaded.stats.isolated, 2u);
  EXPECT_EQ(loaded.stats.lines, 2u);
  EXPECT_THAT(Row(loaded, "alone"), IsEmpty());
  EXPECT_EQ(loaded.vocabulary.count(3), 0u);
}

TEST(EdgeListTest, HasIdsOfOneGraphForAnyThreads) {
  std::string text;
  for (int i = 0; i < 30000; ++i) {
    absl::StrAppend(&text, i * 7919 % 4001, " ", i * i % 3989, " ",
                    1 + i % 10 * 0.1, "\n");
  }
  GraphFileOptions options;
  options.weighted = true;
  const LoadedGraph one = Load(text, options);
  options.threads = 3;
  const LoadedGraph three = Load(text, options);
  ASSERT_EQ(Keys(one), Keys(three));
  for (uint32_t v = 0; v < one.graph.num_nodes(); ++v) {
    EXPECT_EQ(one.graph.Neighbors(v), three.graph.Neighbors(v));
    EXPECT_EQ(one.graph.Weights(v), three.graph.Weights(v));
  }
}

TEST(EdgeListTest, ReadsTheSameFromCompressedFiles) {
  const TempFile plain("a b\nb c\n");
  for (const char* tool : {"gzip", "zstd"}) {
    const std::string packed = plain.path() + "." + tool;
    const std::string command =
        absl::StrCat(tool, " -c ", plain.path(), " > ", packed, " 2>&1");
    if (std::system(command.c_str()) != 0) {
      GTEST_SKIP() << tool << " is not installed";
    }
    GraphFileOptions options;
    options.path = packed;
    const auto loaded = LoadGraph(options);
    std::remove(packed.c_str());
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_THAT(Keys(*loaded), ElementsAre("b", "a", "c"));
  }
}

}  // namespace edge_list_test
}  // namespace embed
