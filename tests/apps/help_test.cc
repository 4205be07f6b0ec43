// --help and --version, and that the examples they show run as they stand.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace help_test {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> Examples(const std::string& help) {
  std::vector<std::string> examples;
  bool in_examples = false;
  for (const std::string& line : Lines(help)) {
    if (line == "Examples:") {
      in_examples = true;
    } else if (in_examples && !absl::StartsWith(line, "  ")) {
      break;
    } else if (in_examples) {
      examples.emplace_back(absl::StripPrefix(line, "  "));
    }
  }
  return examples;
}

TEST(HelpTest, ExamplesRun) {
  const ToolRunner runner;
  runner.Write("karate.edgelist", KarateEdges());
  runner.Write("corpus.txt", SmallCorpus());
  for (const char* tool : {"embedtrain", "embedquery"}) {
    const ToolResult help = runner.Run({tool, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
    const std::vector<std::string> examples = Examples(help.out);
    EXPECT_EQ(examples.size(), 2u) << help.out;
    for (const std::string& example : examples) {
      EXPECT_THAT(example, StartsWith(tool));
      const ToolResult result = runner.RunLine(example);
      EXPECT_EQ(result.exit_code, 0) << example << "\n" << result.err;
    }
  }
}

TEST(HelpTest, ListsOwnFlagsOnlyAndFitsATerminal) {
  const ToolRunner runner;
  const std::string help = runner.Run({"embedtrain", "--help"}).out;
  for (const char* flag : {"--mode", "--dim", "--strokes", "--walk_length",
                           "--threads", "--export", "--seed"}) {
    EXPECT_THAT(help, HasSubstr(std::string("  ") + flag));
  }
  EXPECT_THAT(help, Not(HasSubstr("tryfromenv")));
  EXPECT_THAT(help, HasSubstr("--window=10"));  // deepwalk's
  for (const std::string& line : Lines(help)) EXPECT_LE(line.size(), 80u);
  EXPECT_THAT(runner.Run({"embedquery", "--help"}).out,
              Not(HasSubstr("--dim")));
}

TEST(HelpTest, VersionIsOneLine) {
  const ToolRunner runner;
  for (const char* tool : {"embedtrain", "embedquery"}) {
    const ToolResult result = runner.Run({tool, "--version"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(Lines(result.out).size(), 1u);
    EXPECT_THAT(result.out, StartsWith(std::string(tool) + " "));
  }
}

// The flag files of configs/ name flags that exist, with values that are valid.
TEST(HelpTest, ConfigsAreReadable) {
  const ToolRunner runner;
  for (const char* config :
       {"word2vec_wikipedia", "fasttext_wikipedia", "cw2vec_wikipedia",
        "item2vec_amazon_beauty", "deepwalk_blogcatalog",
        "node2vec_blogcatalog", "line_blogcatalog", "hin2vec_dblp",
        "metapath2vec_dblp"}) {
    const ToolResult result = runner.Run(
        {"embedtrain",
         std::string("--flagfile=") + EMBED_CONFIGS + "/" + config + ".flags",
         "none.txt"});
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr("none.txt"));
  }
}

}  // namespace help_test
}  // namespace embed
