// --deterministic through the command: the same files with any number of
// threads, also when killed and gone on with by another number.
#include <signal.h>

#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace deterministic_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Training {
  const char* name;
  std::string input;
  Command command;  // without the input
};

void PrintTo(const Training& value, std::ostream* out) { *out << value.name; }

class DeterministicTest : public testing::TestWithParam<Training> {
 protected:
  void SetUp() override { runner_.Write("input.txt", GetParam().input); }
  Command Train(const std::string& threads) const {
    return With(GetParam().command,
                {"input.txt", "--deterministic", "--parts=4",
                 "--round_tokens=60000", "--threads=" + threads});
  }
  const ToolRunner runner_;
};

INSTANTIATE_TEST_SUITE_P(
    Inputs, DeterministicTest,
    testing::Values(Training{"Text", RepeatedCorpus(),
                             With(TrainWords(), {"--group_by=context"})},
                    Training{"TextByCenter", RepeatedCorpus(),
                             With(TrainWords(), {"--group_by=center"})},
                    Training{"TextSpread", RepeatedCorpus(),
                             With(TrainWords(),
                                  {"--group_by=spread", "--group_centers=4"})},
                    Training{"Graph", KarateEdges(),
                             With(TrainNodes(), {"--group_by=context"})},
                    Training{"GraphByCenter", KarateEdges(),
                             With(TrainNodes(), {"--group_by=center"})}),
    [](const auto& test) { return test.param.name; });

TEST_P(DeterministicTest, AnyNumberOfThreadsGivesTheSameFiles) {
  ASSERT_EQ(runner_.Run(With(Train("1"), {"--output=one"})).exit_code, 0);
  for (const char* threads : {"2", "3", "8"}) {
    const ToolResult result = runner_.Run(Train(threads));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("deterministic: 4 parts"));
    EXPECT_EQ(runner_.Read("run.embed"), runner_.Read("one.embed")) << threads;
    EXPECT_EQ(runner_.Read("run.faiss"), runner_.Read("one.faiss")) << threads;
  }
}

TEST_P(DeterministicTest, KilledItGoesOnWithOtherThreads) {
  ASSERT_EQ(runner_.Run(With(Train("2"), {"--output=whole"})).exit_code, 0);
  EXPECT_EQ(StopAtCheckpoint(runner_, Train("3"), SIGKILL).exit_code, 137);
  StopAtCheckpoint(runner_, With(Train("1"), {"--resume"}), SIGKILL);
  const ToolResult result = runner_.Run(With(Train("2"), {"--resume"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("going on from run.checkpoint, at "));
  EXPECT_EQ(runner_.Read("run.embed"), runner_.Read("whole.embed"));
}

TEST_P(DeterministicTest, OtherPartsAreAnotherTraining) {
  StopAtCheckpoint(runner_, Train("2"), SIGINT);
  const ToolResult result =
      runner_.Run(With(Train("2"), {"--parts=2", "--resume"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("parts was 4 and is 2"));
}

TEST(PairGroupingTest, IsTheModesUnlessGiven) {
  const ToolRunner runner;
  runner.Write("input.txt", KarateEdges());
  const auto groups = [&](const Command& flags) {
    const ToolResult result =
        runner.Run(With({"embedtrain", "--mode=deepwalk", "--dim=8",
                         "--deterministic", "--walks_per_node=2", "input.txt"},
                        flags));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.err;
  };
  EXPECT_THAT(groups({}), HasSubstr("groups of 3 centers"));
  EXPECT_THAT(groups({"--group_centers=2"}), HasSubstr("groups of 2 centers"));
  EXPECT_THAT(groups({"--parts=4"}), HasSubstr("inputs"));
  EXPECT_THAT(groups({"--group_by=context"}), HasSubstr("inputs"));
  EXPECT_THAT(groups({"--group_inputs=7"}), HasSubstr("groups of 7 inputs"));
  EXPECT_THAT(groups({"--parts=4", "--group_by=center"}),
              HasSubstr("groups of 3 centers"));
}

TEST(PairGroupingTest, SpreadsTheCentersOfWords) {
  const ToolRunner runner;
  runner.Write("input.txt", RepeatedCorpus());
  const auto groups = [&](const Command& flags) {
    const ToolResult result = runner.Run(
        With(With(TrainWords(), {"--deterministic", "input.txt"}), flags));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.err;
  };
  EXPECT_THAT(groups({}), HasSubstr("centers apart"));
  EXPECT_THAT(groups({"--group_centers=5"}),
              HasSubstr("groups of 5 centers apart"));
  EXPECT_THAT(groups({"--group_by=center"}), HasSubstr("groups of 3 centers"));
  EXPECT_THAT(groups({"--parts=4"}), HasSubstr("inputs"));
  EXPECT_THAT(groups({"--group_passes=2"}), HasSubstr("inputs"));
}

// As of the versions that had words grouped by contexts only.
TEST(PairGroupingTest, OtherGroupsAreAnotherTraining) {
  const ToolRunner runner;
  runner.Write("input.txt", RepeatedCorpus());
  const Command words = With(
      TrainWords(),
      {"input.txt", "--deterministic", "--parts=1", "--round_tokens=60000"});
  StopAtCheckpoint(runner, With(words, {"--group_by=context"}), SIGINT);
  const ToolResult result = runner.Run(With(words, {"--resume"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.err).back(),
              HasSubstr("group_by was nothing and is spread"));
}

class UnpartitionedTest : public testing::Test {
 protected:
  UnpartitionedTest() { runner_.Write("input.txt", RepeatedCorpus()); }
  const ToolRunner runner_;
};

TEST_F(UnpartitionedTest, WhatCannotBePartitionedIsTrainedByOneThread) {
  for (const char* flag : {"--arch=cbow", "--loss=hs", "--optimizer=adagrad"}) {
    const Command command = With(
        TrainWords(), {"input.txt", "--epochs=1", "--deterministic", flag});
    const ToolResult result =
        runner_.Run(With(command, {"--threads=3", "--output=three"}));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("deterministic: one training thread"));
    ASSERT_EQ(runner_.Run(With(command, {"--output=one"})).exit_code, 0);
    EXPECT_EQ(runner_.Read("three.embed"), runner_.Read("one.embed")) << flag;
  }
}

TEST_F(UnpartitionedTest, BadPartitionsAreNamed) {
  const auto refused = [&](const Command& flags) {
    const ToolResult result =
        runner_.Run(With(With(TrainWords(), {"input.txt"}), flags));
    EXPECT_EQ(result.exit_code, 2);
    return Lines(result.err).front();
  };
  EXPECT_THAT(refused({"--parts=4"}),
              AllOf(HasSubstr("--parts"), HasSubstr("--deterministic")));
  EXPECT_THAT(refused({"--deterministic", "--parts=3"}),
              HasSubstr("parts is 3"));
  EXPECT_THAT(refused({"--deterministic", "--group_inputs=-1"}),
              HasSubstr("group_inputs is -1"));
  EXPECT_THAT(refused({"--deterministic", "--group_centers=101"}),
              HasSubstr("group_centers is 101"));
  EXPECT_THAT(refused({"--deterministic", "--group_by=row"}),
              HasSubstr("--group_by: \"row\" is none of auto, context, "));
  EXPECT_THAT(
      refused({"--deterministic", "--group_by=center", "--group_passes=2"}),
      HasSubstr("--group_by=context only"));
  EXPECT_THAT(
      refused({"--deterministic", "--group_by=context", "--group_centers=2"}),
      HasSubstr("--group_by=center or spread only"));
}

}  // namespace deterministic_test
}  // namespace embed
