// The same command twice gives the same bytes.
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"
#include "text/stroke_table.h"

namespace embed {
namespace determinism_test {

struct Run {
  const char* mode;
  std::string input;
  std::vector<std::string> flags;
};

void PrintTo(const Run& value, std::ostream* out) { *out << value.mode; }

class DeterminismTest : public testing::TestWithParam<Run> {};

TEST_P(DeterminismTest, SameBytesTwice) {
  const ToolRunner runner;
  runner.Write("input.txt", GetParam().input);
  runner.Write("strokes.txt",
               "北\thsppz\n京\tnhszhspn\n大\thpn\n学\tnnpnzzsh\n治\tnnhzszh\n"
               "疗\tnhpnhzs\n医\thphhpnz\n院\tzsnnzhhpz\n生\tphhsh\n");
  for (const char* prefix : {"first", "second", "third"}) {
    std::vector<std::string> command = {
        "embedtrain",
        std::string("--mode=") + GetParam().mode,
        "--threads=1",
        "--dim=24",
        "--seed=7",
        std::string("--output=") + prefix,
        "--export=vec,bin,npy",
        "input.txt"};
    if (prefix == std::string("third")) command[4] = "--seed=8";
    command.insert(command.end(), GetParam().flags.begin(),
                   GetParam().flags.end());
    const ToolResult result = runner.Run(command);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  for (const char* ending : {".embed", ".faiss", ".vec", ".bin", ".npy"}) {
    EXPECT_EQ(runner.Read(std::string("first") + ending),
              runner.Read(std::string("second") + ending))
        << ending;
    EXPECT_NE(runner.Read(std::string("first") + ending),
              runner.Read(std::string("third") + ending))
        << ending;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Modes, DeterminismTest,
    testing::Values(
        Run{"word2vec", SmallCorpus(), {}},
        Run{"fasttext", SmallCorpus(), {"--buckets=1000"}},
        Run{"cw2vec", SmallChineseCorpus(), {"--strokes=strokes.txt"}},
        Run{"deepwalk", KarateEdges(), {"--walks_per_node=10"}}),
    [](const auto& test) { return std::string(test.param.mode); });

// Standard input gives what the file of the same text gives.
TEST(DeterminismTest, StandardInputIsAsGoodAsAFile) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  ToolRunner::Options options;
  options.input = KarateEdges();
  const std::vector<std::string> flags = {"embedtrain", "--mode=deepwalk",
                                          "--threads=1", "--walks_per_node=2",
                                          "--export=vec"};
  std::vector<std::string> piped = flags;
  piped.insert(piped.end(), {"--output=piped", "-"});
  std::vector<std::string> file = flags;
  file.insert(file.end(), {"--output=file", "g.txt"});
  ASSERT_EQ(runner.Run(piped, options).exit_code, 0);
  ASSERT_EQ(runner.Run(file).exit_code, 0);
  EXPECT_EQ(runner.Read("piped.vec"), runner.Read("file.vec"));
}

// With the table of Debian's package, as users run it.
TEST(DeterminismTest, StrokesOfThePackage) {
  if (!std::ifstream(StrokeTable::kDefaultPath)) {
    GTEST_SKIP() << "package rime-data-stroke is not installed";
  }
  const ToolRunner runner;
  runner.Write("zh.txt", SmallChineseCorpus());
  const ToolResult result =
      runner.Run({"embedtrain", "--mode=cw2vec", "--dim=16", "zh.txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const ToolResult found =
      runner.Run({"embedquery", "--index=zh.faiss", "北京"});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(Lines(found.out).size(), 4u);
}

}  // namespace determinism_test
}  // namespace embed
