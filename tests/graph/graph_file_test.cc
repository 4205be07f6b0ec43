#include "graph/graph_file.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/loaded_rows.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace graph_file_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<LoadedGraph> TryLoad(const std::string& content,
                                    GraphFileOptions options) {
  const TempFile file(content);
  options.path = file.path();
  return LoadGraph(options);
}

LoadedGraph Load(const std::string& content, const GraphFileOptions& options) {
  auto loaded = TryLoad(content, options);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? std::move(*loaded) : LoadedGraph();
}

GraphFileOptions Adjacency() {
  GraphFileOptions options;
  options.format = GraphFormat::kAdjacencyList;
  return options;
}

TEST(GraphFormatTest, IsToldByNameOrExtension) {
  const auto format = [](const char* name, const char* path) {
    return GraphFormatFromName(name, path).value();
  };
  EXPECT_EQ(format("auto", "a.edges"), GraphFormat::kEdgeList);
  EXPECT_EQ(format("auto", "-"), GraphFormat::kEdgeList);
  EXPECT_EQ(format("auto", "a.tsv.zst"), GraphFormat::kEdgeList);
  EXPECT_EQ(format("auto", "d/a.graphml.gz"), GraphFormat::kGraphMl);
  EXPECT_EQ(format("auto", "a.GraphML"), GraphFormat::kGraphMl);
  EXPECT_EQ(format("auto", "a.adjlist"), GraphFormat::kAdjacencyList);
  EXPECT_EQ(format("edgelist", "a.graphml"), GraphFormat::kEdgeList);
  EXPECT_EQ(format("hin", "a.edges"), GraphFormat::kTyped);
  const auto unknown = GraphFormatFromName("gexf", "a");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(unknown.status().message(),
              HasSubstr("\"gexf\" is none of the formats auto, edgelist"));
}

TEST(AdjacencyListTest, MakesAnEdgeOfEachPair) {
  const LoadedGraph loaded = Load(
      "# comment\n"
      "a b c\tb\n"
      "c a d\r\n"
      "\n"
      "lonely\n"
      "d d\n",
      Adjacency());
  EXPECT_THAT(Keys(loaded), ElementsAre("a", "c", "d", "b", "lonely"));
  EXPECT_THAT(Row(loaded, "a"), ElementsAre("c", "b"));
  EXPECT_THAT(Row(loaded, "d"), ElementsAre("c", "d"));
  EXPECT_THAT(Row(loaded, "lonely"), IsEmpty());
  EXPECT_EQ(loaded.stats.lines, 6u);
  EXPECT_EQ(loaded.stats.edges, 4u);
  EXPECT_EQ(loaded.stats.duplicates, 2u);
  EXPECT_EQ(loaded.stats.self_loops, 1u);
  EXPECT_EQ(loaded.stats.isolated, 1u);
}

TEST(AdjacencyListTest, IsTheSameGraphAsItsEdgeList) {
  std::string lists;
  std::string edges;
  for (int v = 0; v < 3000; ++v) {
    absl::StrAppend(&lists, v);
    for (int i = 1; i <= v % 7; ++i) {
      absl::StrAppend(&lists, " ", (v * i + 11) % 2500);
      absl::StrAppend(&edges, v, " ", (v * i + 11) % 2500, "\n");
    }
    absl::StrAppend(&lists, "\n");
  }
  GraphFileOptions options = Adjacency();
  options.directed = true;
  options.threads = 2;
  const LoadedGraph from_lists = Load(lists, options);
  options.format = GraphFormat::kEdgeList;
  options.threads = 1;
  const LoadedGraph from_edges = Load(edges, options);
  EXPECT_EQ(from_lists.stats.edges, from_edges.stats.edges);
  for (uint32_t v = 0; v < from_edges.graph.num_nodes(); ++v) {
    const std::string key(from_edges.vocabulary.key(v));
    EXPECT_THAT(
        Row(from_lists, key.c_str()),
        ::testing::UnorderedElementsAreArray(Row(from_edges, key.c_str())));
  }
}

TEST(AdjacencyListTest, RefusesWeightsAndBadKeys) {
  GraphFileOptions options = Adjacency();
  EXPECT_THAT(TryLoad("a b\nb \x01\n", options).status().message(),
              HasSubstr(":2: the control character 0x01"));
  EXPECT_THAT(TryLoad("a\nb\n", options).status().message(),
              HasSubstr("no edge, 2 nodes"));
  options.weighted = true;
  EXPECT_THAT(TryLoad("a b\n", options).status().message(),
              HasSubstr("an adjacency list has no weights"));
}

TEST(GraphFileTest, TakesATypedListAsAnother) {
  GraphFileOptions options;
  options.format = GraphFormat::kTyped;
  EXPECT_EQ(TryLoad("a b\n", options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// The same error, the first one in the file, whatever the number of threads.
TEST(GraphFileTest, HasTheSameErrorForAnyThreads) {
  std::string text;
  for (int i = 0; i < 400000; ++i) absl::StrAppend(&text, i, " ", i + 1, "\n");
  const std::string wrong = text + "only\n" + text + "a \x02\n" + text;
  for (const int threads : {1, 2, 5}) {
    GraphFileOptions options;
    options.threads = threads;
    EXPECT_THAT(TryLoad(wrong, options).status().message(),
                HasSubstr(":400001: only one field"));
    EXPECT_THAT(TryLoad(text + "a \x02\n" + text + "only\n", options)
                    .status()
                    .message(),
                HasSubstr(":400001: the control character 0x02"));
  }
}

}  // namespace graph_file_test
}  // namespace embed
