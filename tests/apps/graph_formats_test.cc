// Every format of graphs through the command, and what it must refuse.
#include <string>
#include <vector>

#include "embed/io/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/large_file.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace graph_formats_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One graph in three formats.
constexpr char kEdgeList[] = "a b\na c\nb c\nc d\nd e\n";
constexpr char kAdjacencyList[] = "a b c\nb c\nc d\nd e\ne\n";
constexpr char kGraphMl[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
    "<graph edgedefault=\"undirected\">\n"
    "<node id=\"a\"/><node id=\"b\"/><node id=\"c\"/><node id=\"d\"/>"
    "<node id=\"e\"/>\n"
    "<edge source=\"a\" target=\"b\"/><edge source=\"a\" target=\"c\"/>"
    "<edge source=\"b\" target=\"c\"/><edge source=\"c\" target=\"d\"/>"
    "<edge source=\"d\" target=\"e\"/>\n"
    "</graph></graphml>\n";

class GraphFormatsTest : public testing::Test {
 protected:
  std::string Walks(const std::string& file,
                    const std::vector<std::string>& flags = {}) const {
    std::vector<std::string> command = {"embedtrain", "--mode=deepwalk",
                                        "--walks_only=-", "--walks_per_node=5"};
    command.insert(command.end(), flags.begin(), flags.end());
    command.push_back(file);
    const ToolResult result = tool_.Run(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  void ExpectRefused(const std::vector<std::string>& arguments,
                     const std::string& message) const {
    std::vector<std::string> command = {"embedtrain"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const ToolResult result = tool_.Run(command);
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
  }

  const ToolRunner tool_;
};

TEST_F(GraphFormatsTest, OneGraphHasTheSameWalksInEachFormat) {
  tool_.Write("g.txt", kEdgeList);
  tool_.Write("g.adjlist", kAdjacencyList);
  tool_.Write("g.graphml", kGraphMl);
  tool_.Write("adjacency", kAdjacencyList);
  const std::string walks = Walks("g.txt");
  EXPECT_EQ(Lines(walks).size(), 25u);
  EXPECT_EQ(Walks("g.adjlist"), walks);
  EXPECT_EQ(Walks("g.graphml"), walks);
  EXPECT_EQ(Walks("adjacency", {"--format=adjlist"}), walks);
}

TEST_F(GraphFormatsTest, CompressedFilesHaveTheSameWalks) {
  tool_.Write("g.txt", kEdgeList);
  tool_.Write("g.adjlist", kAdjacencyList);
  const std::string walks = Walks("g.txt");
  for (const std::string packer : {"gzip", "zstd"}) {
    const std::string ending = packer == "gzip" ? ".gz" : ".zst";
    for (const std::string file : {"g.txt", "g.adjlist"}) {
      if (tool_.Run({packer, "-q", "-k", file}).exit_code != 0) {
        GTEST_SKIP() << packer << " is not there";
      }
      EXPECT_EQ(Walks(file + ending), walks) << file + ending;
    }
  }
}

TEST_F(GraphFormatsTest, KeepsAnIsolatedNodeOfTheList) {
  tool_.Write("g.txt", kEdgeList);
  tool_.Write("nodes.txt", "lonely\na\n");
  const ToolResult result =
      tool_.Run({"embedtrain", "--mode=deepwalk", "--dim=8",
                 "--walks_per_node=5", "--nodes=nodes.txt", "g.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto model = ReadModel(tool_.Path("g.embed"));
  ASSERT_TRUE(model.ok()) << model.status();
  const Vocabulary& keys = model->vocabulary;
  ASSERT_EQ(keys.size(), 6u);
  EXPECT_EQ(keys.key(5), "lonely");
  EXPECT_EQ(keys.count(5), 0u);
  for (uint32_t id = 0; id < 5; ++id) EXPECT_GT(keys.count(id), 0u);
  EXPECT_EQ(model->input.rows(), 6u);
}

TEST_F(GraphFormatsTest, NamesTheBadLineOfEachFormat) {
  tool_.Write("g.txt", kEdgeList);
  tool_.Write("g.adjlist", "a b\nb \x01\n");
  ExpectRefused({"--mode=deepwalk", "g.adjlist"}, "g.adjlist:2: ");
  tool_.Write("g.graphml", "<graphml><graph>\n</grap>\n");
  ExpectRefused({"--mode=deepwalk", "g.graphml"}, "g.graphml");
  tool_.Write("nodes.txt", "a\nb c\n");
  ExpectRefused({"--mode=deepwalk", "--nodes=nodes.txt", "g.txt"},
                "nodes.txt:2: ");
  ExpectRefused({"--mode=deepwalk", "--nodes=none.txt", "g.txt"}, "none.txt");
}

TEST_F(GraphFormatsTest, RefusesASumOfWeightsThatOverflows) {
  tool_.Write("g.txt", "a b 3e38\nb a 3e38\nb c 1\n");
  ExpectRefused({"--mode=deepwalk", "--weighted", "g.txt"},
                "g.txt: the weights of one edge add up to a number beyond");
  tool_.Write("g.hin", "a\tx\te\tb\ty\t3e38\na\tx\te\tb\ty\t3e38\n");
  ExpectRefused(
      {"--mode=metapath2vec", "--metapath=x-y-x", "--weighted", "g.hin"},
      "g.hin: the weights of one edge add up to a number beyond");
  EXPECT_THAT(tool_.List(), ElementsAre("g.hin", "g.txt"));
}

TEST_F(GraphFormatsTest, RefusesATypedListBeyondTheMemory) {
  const LargeFile file("graph_formats_test.hin", "1234\tx\te\t5678\ty\n",
                       uint64_t{4} << 40);
  if (!file.ok()) GTEST_SKIP() << "no file of 4 TiB can be made here";
  ExpectRefused({"--mode=metapath2vec", "--metapath=x-y-x", file.path()},
                "TiB of memory");
  ExpectRefused({"--mode=hin2vec", file.path()}, "TiB of memory");
}

}  // namespace graph_formats_test
}  // namespace embed
