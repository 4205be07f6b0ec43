// Mode line, through the command.
#include <signal.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace line_mode_test {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Command TrainLine(const Command& more) {
  return With({"embedtrain", "--mode=line", "--threads=1", "--output=run"},
              more);
}

// A second or so of training on "g.txt".
Command TrainLong() {
  return TrainLine({"--dim=32", "--epochs=60", "--samples=100000",
                    "--checkpoint_every=0.02", "g.txt"});
}

TEST(LineModeTest, WritesUnitVectorsOfBothOrdersBehindOneAnother) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const ToolResult result =
      runner.Run(TrainLine({"--dim=20", "--export=vec", "g.txt"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("an epoch draws 156 of 156 arcs"));
  EXPECT_THAT(result.err, HasSubstr("34 + 34 rows of 26 and 10 numbers"));
  const std::vector<std::string> lines = Lines(runner.Read("run.vec"));
  ASSERT_EQ(lines.size(), 35u);
  EXPECT_EQ(lines[0], "34 20");
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields =
        absl::StrSplit(lines[i], ' ', absl::SkipEmpty());
    ASSERT_EQ(fields.size(), 21u);
    double squares[2] = {};
    for (size_t k = 0; k < 20; ++k) {
      double value = 0;
      ASSERT_TRUE(absl::SimpleAtod(fields[k + 1], &value));
      squares[k / 10] += value * value;
    }
    EXPECT_NEAR(squares[0], 1, 1e-4);
    EXPECT_NEAR(squares[1], 1, 1e-4);
  }
}

TEST(LineModeTest, OneOrderHasTheWholeDim) {
  for (const auto& [order, tables] :
       {std::pair("1", "34 + 0 rows of 128 numbers"),
        std::pair("2", "34 + 34 rows of 128 numbers")}) {
    const ToolRunner runner;
    runner.Write("g.txt", KarateEdges());
    const ToolResult result =
        runner.Run(TrainLine({"--order", order, "--export=vec", "g.txt"}));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr(tables));
    EXPECT_THAT(runner.Read("run.vec"), StartsWith("34 128\n"));
  }
}

TEST(LineModeTest, TakesDirectedAndWeightedEdgesInOrder2) {
  const ToolRunner runner;
  runner.Write("g.txt", "a b 1\nb c 2\nc a 0.5\nc d 3\na a 1\n");
  for (const char* degree : {"out", "all"}) {
    const ToolResult result =
        runner.Run(TrainLine({"--order=2", "--directed", "--weighted",
                              "--dim=8", "--noise_degree", degree, "g.txt"}));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("an epoch draws 5 of 5 arcs"));
  }
}

TEST(LineModeTest, SameBytesTwiceAndOthersForAnotherSeed) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  for (const char* order : {"1", "2", "both"}) {
    for (const auto& [prefix, seed] :
         {std::pair("first", "7"), std::pair("second", "7"),
          std::pair("third", "8")}) {
      const ToolResult result =
          runner.Run(TrainLine({"--order", order, "--dim=24", "--seed", seed,
                                "--output", prefix, "g.txt"}));
      ASSERT_EQ(result.exit_code, 0) << result.err;
    }
    EXPECT_EQ(runner.Read("first.embed"), runner.Read("second.embed"));
    EXPECT_NE(runner.Read("first.embed"), runner.Read("third.embed"));
  }
}

TEST(LineModeTest, DeterministicIsOneTrainingThread) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const Command command = {"embedtrain", "--mode=line",     "--dim=16",
                           "--seed=3",   "--deterministic", "g.txt"};
  const ToolResult one =
      runner.Run(With(command, {"--threads=1", "--output=one"}));
  const ToolResult two =
      runner.Run(With(command, {"--threads=2", "--output=two"}));
  ASSERT_EQ(one.exit_code, 0) << one.err;
  ASSERT_EQ(two.exit_code, 0) << two.err;
  EXPECT_THAT(two.err, HasSubstr("deterministic: one training thread, since"));
  EXPECT_EQ(runner.Read("one.embed"), runner.Read("two.embed"));
}

TEST(LineModeTest, KilledTwiceItEndsWithTheSameBytes) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const Command command = TrainLong();
  ASSERT_EQ(runner.Run(With(command, {"--output=whole"})).exit_code, 0);
  EXPECT_EQ(StopAtCheckpoint(runner, command, SIGKILL).exit_code, 137);
  StopAtCheckpoint(runner, With(command, {"--resume"}), SIGKILL);
  const ToolResult result = runner.Run(With(command, {"--resume"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("going on from run.checkpoint, at "));
  EXPECT_EQ(runner.Read("run.embed"), runner.Read("whole.embed"));
  EXPECT_EQ(runner.Read("run.faiss"), runner.Read("whole.faiss"));
  EXPECT_THAT(runner.List(), Not(Contains("run.checkpoint")));
}

TEST(LineModeTest, ACheckpointOfAnotherOrderIsRefused) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  EXPECT_EQ(StopAtCheckpoint(runner, TrainLong(), SIGINT).exit_code, 130);
  const ToolResult result =
      runner.Run(With(TrainLong(), {"--resume", "--order=2"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("order was both and is 2"));
}

struct BadRun {
  Command flags;
  std::string graph;
  int exit_code;
  std::string message;
};

TEST(LineModeTest, WhatCannotBeIsOneLine) {
  const std::string good = "a b 1\nb c 2\n";
  const std::vector<BadRun> runs = {
      {{"--order=3"}, good, 2, "--order: \"3\" is none of 1, 2, both"},
      {{"--directed"}, good, 2, "with --directed give --order 2"},
      {{"--directed", "--order=1"}, good, 2, "undirected graphs"},
      {{"--dim=15"}, good, 2, "dim is 15"},
      {{"--dim=0"}, good, 2, "--dim"},
      {{"--samples=-1"}, good, 2, "--samples"},
      {{"--negatives=-1"}, good, 2, "negatives is -1"},
      {{"--epochs=0"}, good, 2, "epochs"},
      {{"--noise_degree=in"}, good, 2, "--noise_degree: \"in\""},
      {{"--optimizer=adagrad"}, good, 2, "plain SGD"},
      {{"--clip_gradient=1"}, good, 2, "plain SGD"},
      {{"--share_negatives=4"}, good, 2, "--share_negatives"},
      {{"--window=3"}, good, 2, "--window has no meaning in mode line"},
      {{"--walks_only=-"}, good, 2, "without walks"},
      {{}, "", 1, "g.txt"},
      {{}, "a b\nc\n", 1, "g.txt:2"},
      {{"--weighted"}, "a b 1\nb c -2\n", 1, "g.txt:2"},
      {{"--weighted"}, "a b nan\n", 1, "g.txt:1"},
      {{"--weighted"}, "a b\n", 1, "g.txt:1"}};
  for (const BadRun& run : runs) {
    const ToolRunner runner;
    runner.Write("g.txt", run.graph);
    const ToolResult result = runner.Run(
        With({"embedtrain", "--mode=line"}, With(run.flags, {"g.txt"})));
    EXPECT_EQ(result.exit_code, run.exit_code) << run.message;
    EXPECT_THAT(Lines(result.err).back(),
                testing::AllOf(StartsWith("embedtrain: error: "),
                               HasSubstr(run.message)));
    EXPECT_THAT(runner.List(), ElementsAre("g.txt"));
  }
}

}  // namespace line_mode_test
}  // namespace embed
