// embedtrain's flags of walks, and --walks_only.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace walks_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Command(const std::string& mode,
                                 const std::vector<std::string>& more) {
  std::vector<std::string> command = {"embedtrain", "--mode", mode};
  command.insert(command.end(), more.begin(), more.end());
  command.emplace_back("karate.edgelist");
  return command;
}

TEST(WalksOnlyTest, WritesWalksAlongEdges) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", KarateEdges());
  std::set<std::pair<std::string, std::string>> edges;
  for (const std::string& line : Lines(KarateEdges())) {
    const std::vector<std::string> fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    edges.insert({fields[0], fields[1]});
    edges.insert({fields[1], fields[0]});
  }
  for (const std::string mode : {"deepwalk", "node2vec"}) {
    const ToolResult result =
        tool.Run(Command(mode, {"--walks_only", "-", "--walks_per_node", "3",
                                "--walk_length", "7"}));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::vector<std::string> lines = Lines(result.out);
    ASSERT_EQ(lines.size(), 3u * 34);
    for (const std::string& line : lines) {
      const std::vector<std::string> walk = absl::StrSplit(line, ' ');
      ASSERT_EQ(walk.size(), 7u);
      for (size_t i = 1; i < walk.size(); ++i) {
        ASSERT_EQ(edges.count({walk[i - 1], walk[i]}), 1u) << line;
      }
    }
  }
  EXPECT_THAT(tool.List(), ElementsAre("karate.edgelist"));
}

TEST(WalksOnlyTest, WritesTheSameFileForAnyThreads) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", KarateEdges());
  const std::vector<std::string> flags = {"--p",      "0.5", "--q",         "2",
                                          "--epochs", "2",   "--walks_only"};
  std::vector<std::string> one = flags;
  one.insert(one.end(), {"one.txt", "--threads", "1"});
  std::vector<std::string> many = flags;
  many.insert(many.end(), {"many.txt", "--threads", "3"});
  EXPECT_EQ(tool.Run(Command("node2vec", one)).exit_code, 0);
  EXPECT_EQ(tool.Run(Command("node2vec", many)).exit_code, 0);
  EXPECT_EQ(tool.Read("one.txt"), tool.Read("many.txt"));
  EXPECT_EQ(Lines(tool.Read("one.txt")).size(), 2u * 10 * 34);
  EXPECT_THAT(tool.List(),
              ElementsAre("karate.edgelist", "many.txt", "one.txt"));
}

// A byte order mark at the start of a text is passed over; a key's is not.
TEST(WalksOnlyTest, WritesKeysThatBeginWithByteOrderMarks) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", "\uFEFF\uFEFFa \uFEFFb\n");
  ASSERT_EQ(tool.Run(Command("deepwalk", {"--walks_only", "walks"})).exit_code,
            0);
  const ToolResult result =
      tool.Run({"embedtrain", "--mode=word2vec", "--min_count=1", "--dim=4",
                "--vocab_out=words", "walks"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(Lines(tool.Read("words")), testing::SizeIs(2));
}

TEST(WalksOnlyTest, LeavesNothingBehindWhenItFails) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", KarateEdges());
  ToolRunner::Options options;
  options.file_size_limit = 4096;
  const ToolResult result =
      tool.Run(Command("deepwalk", {"--walks_only", "walks.txt"}), options);
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(tool.List(), ElementsAre("karate.edgelist"));
  const ToolResult itself =
      tool.Run(Command("deepwalk", {"--walks_only", "karate.edgelist"}));
  EXPECT_EQ(itself.exit_code, 2);
  EXPECT_EQ(tool.Read("karate.edgelist"), KarateEdges());
}

struct BadFlags {
  std::string mode;
  std::vector<std::string> flags;
  std::string message;
};

TEST(WalkFlagsTest, NamesWhatIsWrong) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", KarateEdges());
  const std::vector<BadFlags> cases = {
      {"node2vec", {"--p", "0"}, "p is 0"},
      {"node2vec", {"--q", "-1"}, "q is -1"},
      {"node2vec", {"--q", "nan"}, "q is nan"},
      {"node2vec", {"--node2vec_plus", "x"}, "\"x\" is not a number"},
      {"node2vec", {"--node2vec_plus", "0"}, "needs weighted walks"},
      {"node2vec", {"--restart", "0.1"}, "no meaning in mode node2vec"},
      {"deepwalk", {"--p", "2"}, "no meaning in mode deepwalk"},
      {"deepwalk", {"--restart", "1"}, "restart is 1"},
      {"deepwalk", {"--degree_penalty", "-1"}, "degree_penalty is -1"},
      {"deepwalk", {"--skip", "0"}, "--skip: 0"},
      {"deepwalk", {"--skip", "40"}, "--skip: 40"},
      {"deepwalk", {"--skip", "2", "--window", "5"}, "--window 1"},
      {"word2vec", {"--walks_only", "-"}, "--walks_only has no meaning"},
  };
  for (const BadFlags& bad : cases) {
    const ToolResult result = tool.Run(Command(bad.mode, bad.flags));
    EXPECT_EQ(result.exit_code, 2) << bad.message;
    EXPECT_THAT(result.err, HasSubstr(bad.message));
    EXPECT_EQ(result.out, "");
  }
  const ToolResult directed =
      tool.Run(Command("deepwalk", {"--degree_penalty", "0.5", "--directed"}));
  EXPECT_EQ(directed.exit_code, 1);
  EXPECT_THAT(directed.err, HasSubstr("undirected graphs only"));
}

TEST(WalkFlagsTest, WalksOfOneNodeAreRefused) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", "a b\nc d\n");
  const ToolResult result =
      tool.Run(Command("deepwalk", {"--directed", "--skip", "5"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr("no walk has two nodes, so there is nothing to learn "
                        "from; take a smaller --skip"));
}

TEST(WalkFlagsTest, EveryWalkerTrains) {
  const ToolRunner tool;
  tool.Write("karate.edgelist", KarateEdges());
  for (const auto& [mode, flags] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"node2vec", {"--p", "0.25", "--q", "4"}},
           {"node2vec", {"--skip", "3"}},
           {"deepwalk", {"--restart", "0.2"}},
           {"deepwalk", {"--degree_penalty", "0.5"}},
           {"deepwalk", {"--skip", "2"}}}) {
    std::vector<std::string> more = flags;
    more.insert(more.end(), {"--dim", "8", "--walks_per_node", "4"});
    const ToolResult result = tool.Run(Command(mode, more));
    EXPECT_EQ(result.exit_code, 0) << flags[0] << result.err;
  }
}

}  // namespace walks_test
}  // namespace embed
