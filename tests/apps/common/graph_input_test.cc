#include "apps/common/graph_input.h"

#include <fstream>
#include <string>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace graph_input_test {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string WriteFile(const char* name, const char* content) {
  // Tests run side by side.
  const std::string test =
      testing::UnitTest::GetInstance()->current_test_info()->name();
  std::string path = testing::TempDir() + test + "_" + name;
  std::ofstream(path) << content;
  return path;
}

TEST(GraphInputTest, SaysWhatItFound) {
  GraphFileOptions options;
  options.path = WriteFile("graph_input_test.edges", "a b 2\nb a 1\nb b 1\n");
  const auto input = LoadGraphInput(options);
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(
      input->notes,
      ElementsAre("2 nodes, 2 undirected edges, of them 1 self-loops; 0 nodes "
                  "without edges",
                  "1 edges repeat another and were joined to it",
                  HasSubstr("warning: 3 edges have a weight"),
                  HasSubstr("bytes an arc")));
  EXPECT_EQ(input->vocabulary.key(0), "b");
}

TEST(GraphInputTest, WarnsOfFieldsThatItDoesNotRead) {
  GraphFileOptions options;
  options.path = WriteFile("graph_input_test.edges",
                           "a x likes b y\r\na b\nb c 1 \na d -.5 2\n");
  for (const bool weighted : {false, true}) {
    options.weighted = weighted;
    if (weighted) {
      options.path = WriteFile("graph_input_test.edges", "a b 1 2\nb c 3\r\n");
    }
    const auto input = LoadGraphInput(options);
    ASSERT_TRUE(input.ok()) << input.status();
    const std::string notes = absl::StrJoin(input->notes, "\n");
    EXPECT_THAT(notes, HasSubstr(weighted ? "warning: 1 lines have more than 3 "
                                            "fields, of which 3 are read"
                                          : "warning: 2 lines have more than 3 "
                                            "fields, of which 2 are read"));
    if (weighted) continue;
    EXPECT_THAT(notes, HasSubstr("warning: 3 edges have a weight, which is not "
                                 "read without --weighted; of 1 of them it is "
                                 "no number"));
  }
}

// A heading's words are nodes of an edge that no other one touches.
TEST(GraphInputTest, WarnsOfWhatMayBeAHeading) {
  const auto notes_of = [](const char* text, bool directed) {
    GraphFileOptions options;
    options.directed = directed;
    options.path = WriteFile("graph_input_test.edges", text);
    const auto input = LoadGraphInput(options);
    return input.ok() ? absl::StrJoin(input->notes, "\n")
                      : input.status().ToString();
  };
  for (const bool directed : {false, true}) {
    EXPECT_THAT(notes_of("from to\n1 2\n2 3\n", directed),
                HasSubstr("no other edge touches the nodes of the first one, "
                          "'from to': if it is a heading"));
    for (const char* text :
         {"a b\nb c\nc d\n", "a b\nc d\na d\n", "1 2\n3 4\n4 5\n", "a b\n",
          "a a\nb c\n", "# from to\n1 2\n2 3\n"}) {
      EXPECT_THAT(notes_of(text, directed), Not(HasSubstr("heading")));
    }
  }
}

TEST(GraphInputTest, JoinsArcsOfSeveralTypes) {
  GraphFileOptions options;
  options.format = GraphFormat::kTyped;
  options.weighted = true;
  options.path = WriteFile("graph_input_test.tsv",
                           "1\tx\tlikes\t2\tx\t1\n2\tx\tlikes\t1\tx\t2\n"
                           "1\tx\tknows\t2\tx\t4\n2\tx\tlikes\t2\tx\t8\n");
  const auto input = LoadGraphInput(options);
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(input->notes,
              Contains("5 of 8 arcs lead where one of another type leads and "
                       "were joined to it, weights added: this mode knows no "
                       "types"));
  const Graph& graph = input->graph;
  EXPECT_THAT(graph.Neighbors(0), ElementsAre(0, 1));
  EXPECT_THAT(graph.Weights(0), ElementsAre(8, 7));
  EXPECT_THAT(graph.Weights(1), ElementsAre(7));
  options.path = WriteFile("graph_input_test.tsv",
                           "1\tx\tlikes\t2\tx\t3e38\n"
                           "1\tx\tknows\t2\tx\t3e38\n");
  EXPECT_THAT(
      LoadGraphInput(options).status().message(),
      HasSubstr("graph_input_test.tsv: the weights of the edges between "
                "two nodes add up"));
}

TEST(GraphInputTest, ReadsATypedGraphWithoutItsTypes) {
  GraphFileOptions options;
  options.format = GraphFormat::kTyped;
  options.path = WriteFile("graph_input_test.tsv",
                           "1\tpaper\twritten_by\t1\tauthor\n"
                           "1\tpaper\twritten_by\t2\tauthor\n");
  const auto input = LoadGraphInput(options);
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(
      input->notes,
      ElementsAre("3 nodes, 2 undirected edges, of them 0 self-loops; 0 nodes "
                  "without edges",
                  "node types: 1 paper, 2 author",
                  "edge types: written_by, written_by^-1",
                  HasSubstr("keys are type:name"), HasSubstr("bytes an arc")));
  EXPECT_EQ(input->graph.num_arcs(), 4u);
  EXPECT_EQ(input->vocabulary.key(2), "author:2");
}

TEST(GraphInputTest, ShowsProgressAsTextAndJson) {
  const LoadProgress progress = {uint64_t{312} << 20, 22400000, 3};
  EXPECT_EQ(LoadProgressText(progress), "reading: 312 MiB, 22.4 M edges, 0:03");
  EXPECT_EQ(
      LoadProgressJson(progress),
      "{\"read_bytes\":327155712,\"read_edges\":22400000,\"seconds\":3.0}");
  EXPECT_EQ(LoadProgressPrinter(ProgressStyle::kNone), nullptr);
}

TEST(GraphInputTest, ToldSpeedIsBytesBySeconds) {
  GraphStats stats;
  stats.bytes = 2000000000;
  stats.parse_seconds = 4;
  stats.build_seconds = 7;
  EXPECT_THAT(LoadSpeedNote(stats, 800, 100),
              HasSubstr("1.86 GiB parsed at 0.50 GB/s, graph built in 0:07; it "
                        "takes 800 B, 8.0 bytes an arc"));
}

}  // namespace graph_input_test
}  // namespace embed
