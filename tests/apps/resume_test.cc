// A training that was stopped, even by kill -9, and goes on with --resume gives
// the bytes of one that was not; what it cannot go on from is refused.
#include <signal.h>

#include <ostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace resume_test {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct Training {
  const char* name;
  std::string input;
  std::string more;  // makes it another input
  Command command;   // without the input
};

void PrintTo(const Training& value, std::ostream* out) { *out << value.name; }

class ResumeTest : public testing::TestWithParam<Training> {};

INSTANTIATE_TEST_SUITE_P(Inputs, ResumeTest,
                         testing::Values(Training{"Text", RepeatedCorpus(),
                                                  "sun moon\n", TrainWords()},
                                         Training{"Graph", KarateEdges(),
                                                  "1 new\n", TrainNodes()}),
                         [](const auto& test) { return test.param.name; });

TEST_P(ResumeTest, KilledTwiceItEndsWithTheSameBytes) {
  const ToolRunner runner;
  runner.Write("input.txt", GetParam().input);
  const Command command = With(GetParam().command, {"input.txt"});
  ASSERT_EQ(runner.Run(With(command, {"--output=whole"})).exit_code, 0);

  EXPECT_EQ(StopAtCheckpoint(runner, command, SIGKILL).exit_code, 137);
  EXPECT_THAT(runner.List(),
              AllOf(Contains("run.checkpoint"), Not(Contains("run.embed"))));
  StopAtCheckpoint(runner, With(command, {"--resume"}), SIGKILL);
  const ToolResult result = runner.Run(With(command, {"--resume"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("going on from run.checkpoint, at "));
  for (const char* ending : {".embed", ".faiss"}) {
    EXPECT_EQ(runner.Read(std::string("run") + ending),
              runner.Read(std::string("whole") + ending))
        << ending;
  }
  EXPECT_THAT(runner.List(), Not(Contains("run.checkpoint")));
}

TEST_P(ResumeTest, StoppedBySignalOnStandardInputItGoesOn) {
  const ToolRunner runner;
  ToolRunner::Options options;
  options.input = GetParam().input;
  const Command command = With(GetParam().command, {"-"});
  ASSERT_EQ(runner.Run(With(command, {"--output=whole"}), options).exit_code,
            0);
  EXPECT_EQ(StopAtCheckpoint(runner, command, SIGINT, options).exit_code, 130);

  ToolRunner::Options other = options;
  other.input += GetParam().more;
  const ToolResult refused = runner.Run(With(command, {"--resume"}), other);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(Lines(refused.err).back(),
              HasSubstr("run.checkpoint: of another training"));

  const ToolResult result = runner.Run(With(command, {"--resume"}), options);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(runner.Read("run.embed"), runner.Read("whole.embed"));
}

class RefusedCheckpointTest : public testing::Test {
 protected:
  RefusedCheckpointTest() {
    runner_.Write("g.txt", KarateEdges());
    StopAtCheckpoint(runner_, command_, SIGINT);
    checkpoint_ = runner_.Read("run.checkpoint");
  }

  // --resume with more flags ends with one line and leaves the file alone.
  void ExpectRefused(const Command& flags, const std::string& message,
                     const std::string& bytes) {
    const ToolResult result =
        runner_.Run(With(With(command_, {"--resume"}), flags));
    EXPECT_EQ(result.exit_code, 1) << message;
    EXPECT_THAT(Lines(result.err).back(),
                AllOf(HasSubstr("embedtrain: error: run.checkpoint: "),
                      HasSubstr(message), HasSubstr("--resume")));
    EXPECT_EQ(runner_.Read("run.checkpoint"), bytes);
  }

  const Command command_ = With(TrainNodes(), {"g.txt"});
  ToolRunner runner_;
  std::string checkpoint_;
};

TEST_F(RefusedCheckpointTest, OfOtherSettings) {
  const std::vector<std::pair<const char*, const char*>> changes = {
      {"--dim=48", "dim was 32 and is 48"},
      {"--epochs=61", "epochs was 60 and is 61"},
      {"--seed=2", "seed was 1 and is 2"},
      {"--window=3", "window was 10 and is 3"},
      {"--lr_schedule=cosine", "lr_schedule was linear and is cosine"},
      {"--directed", "directed was false and is true"}};
  for (const auto& [flag, message] : changes) {
    ExpectRefused({flag}, message, checkpoint_);
  }
}

TEST_F(RefusedCheckpointTest, OfAnotherInput) {
  runner_.Write("g.txt", KarateEdges() + "1 new\n");
  ExpectRefused({}, "input bytes was", checkpoint_);
}

TEST_F(RefusedCheckpointTest, DamagedOrCutOrForeign) {
  std::string flipped = checkpoint_;
  flipped[flipped.size() / 2] ^= 1;
  for (const std::string& bytes :
       {flipped, checkpoint_.substr(0, checkpoint_.size() / 2), std::string(),
        std::string("some text of somebody else\n")}) {
    runner_.Write("run.checkpoint", bytes);
    ExpectRefused({}, "", bytes);
  }
}

// What does not shape the result may change.
TEST_F(RefusedCheckpointTest, ButNotForOtherThreadsOrOutput) {
  const ToolResult result =
      runner_.Run(With(command_, {"--resume", "--threads=2", "--progress=json",
                                  "--checkpoint_every=0", "--export=vec"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(runner_.List(), Not(Contains("run.checkpoint")));
}

TEST_F(RefusedCheckpointTest, WithoutResumeItIsMentionedAndReplaced) {
  const ToolResult result = runner_.Run(command_);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("note: there is run.checkpoint"));
  EXPECT_THAT(result.err, Not(HasSubstr("going on")));
}

// All pairs of the corpus's words. No training fits these scores, so that the
// best epoch is an early one.
std::string Pairs(const char* last_score) {
  return std::string(
             "sun moon 1\nsun star 9\nsun river 2\nsun lake 8\n"
             "moon star 3\nmoon river 7\nmoon lake 4\nstar river 6\n"
             "star lake 5\nriver lake ") +
         last_score + "\n";
}

// Stopped in an epoch after the best: its tables are in the checkpoint only.
// The order of the files is that of the text; a list of phrases changes it even
// where the vocabulary is given.
TEST(RefusedTextTest, OfOtherPhrasesOrAnotherOrder) {
  const ToolRunner runner;
  runner.Write("a.txt", RepeatedCorpus());
  runner.Write("b.txt", RepeatedCorpus() + SmallCorpus());
  runner.Write("v", "sun 90\nmoon 80\n");
  runner.Write("p", "sun moon\n");
  runner.Write("q", "moon sun\n");
  const Command command = With(TrainWords(), {"--vocab_in=v", "--resume"});
  StopAtCheckpoint(runner, With(command, {"--phrases=p", "a.txt", "b.txt"}),
                   SIGINT);
  for (const auto& [changed, message] :
       std::vector<std::pair<Command, const char*>>{
           {{"--phrases=p", "b.txt", "a.txt"}, "input bytes was"},
           {{"--phrases=q", "a.txt", "b.txt"}, "phrases was"},
           {{"a.txt", "b.txt"}, "phrases was"}}) {
    const ToolResult refused = runner.Run(With(command, changed));
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(Lines(refused.err).back(), HasSubstr(message));
  }
}

TEST(EarlyStopResumeTest, KilledAfterTheBestEpochItEndsWithTheSameBytes) {
  const ToolRunner runner;
  runner.Write("input.txt", RepeatedCorpus());
  runner.Write("pairs.txt", Pairs("1"));
  const Command command = With(
      TrainWords(),
      {"--epochs=60", "--eval=wordsim:pairs.txt", "--patience=5", "input.txt"});
  const ToolResult whole = runner.Run(With(command, {"--output=whole"}));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  ASSERT_THAT(whole.err, HasSubstr("no better for 5 epochs: stopping"));
  EXPECT_EQ(StopAtCheckpoint(runner, command, SIGKILL, {}, "; the best was")
                .exit_code,
            137);

  // Other scores in a file of the same length would choose another epoch.
  runner.Write("pairs.txt", Pairs("9"));
  const ToolResult refused = runner.Run(With(command, {"--resume"}));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(Lines(refused.err).back(),
              HasSubstr("of another training: eval pairs was 10 of hash "));

  runner.Write("pairs.txt", Pairs("1"));
  const ToolResult result = runner.Run(With(command, {"--resume"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("going on from run.checkpoint, at "));
  EXPECT_THAT(result.err, HasSubstr("no better for 5 epochs: stopping"));
  EXPECT_THAT(result.err, HasSubstr("tables: those of epoch "));
  EXPECT_EQ(runner.Read("run.embed"), runner.Read("whole.embed"));
  EXPECT_THAT(runner.List(), Not(Contains("run.checkpoint")));
}

TEST(ResumeWithoutCheckpointTest, StartsFromTheBeginning) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const ToolResult result =
      runner.Run(With(TrainNodes(), {"--epochs=2", "--resume", "g.txt"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(Lines(result.err),
              Contains("no run.checkpoint: starting from the beginning"));
}

}  // namespace resume_test
}  // namespace embed
