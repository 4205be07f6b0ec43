// SIGINT and SIGTERM during a training, and checkpoints that cannot be written.
#include <signal.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace interruption_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The limit leaves room for messages, not for a checkpoint.
const Command kLargeAndSilent = {"--dim=128", "--progress=none", "g.txt"};
constexpr uint64_t kSizeLimit = 8192;

// Longer than any test waits.
Command Endless() { return With(TrainNodes(), {"--epochs=1000000"}); }

class InterruptionTest : public testing::Test {
 protected:
  InterruptionTest() { runner_.Write("g.txt", KarateEdges()); }

  ToolRunner runner_;
};

TEST_F(InterruptionTest, SignalsWriteACheckpointAndSayHowToGoOn) {
  for (const auto& [signal, code, name] :
       {std::tuple(SIGINT, 130, "SIGINT"),
        std::tuple(SIGTERM, 143, "SIGTERM")}) {
    const ToolResult result =
        StopAtCheckpoint(runner_, With(Endless(), {"g.txt"}), signal);
    EXPECT_EQ(result.exit_code, code);
    EXPECT_EQ(result.out, "");
    const std::vector<std::string> lines = Lines(result.err);
    EXPECT_EQ(lines.back(),
              std::string("stopped by ") + name +
                  "; wrote run.checkpoint: the same command with --resume goes "
                  "on from it");
    EXPECT_THAT(result.err, Not(HasSubstr("error")));
    EXPECT_THAT(runner_.List(), ElementsAre("g.txt", "run.checkpoint"));
  }
}

// Without --checkpoint_every.
TEST_F(InterruptionTest, ASignalAloneMakesACheckpoint) {
  const Command command = With(Endless(), {"--checkpoint_every=0", "g.txt"});
  const pid_t tool = runner_.Start(command, {});
  WaitForText(runner_, tool, "epoch 1 of");
  EXPECT_THAT(runner_.List(), ElementsAre("g.txt"));
  kill(tool, SIGTERM);
  const ToolResult result = runner_.Wait(tool, {});
  EXPECT_EQ(result.exit_code, 143);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("run.checkpoint"));
  EXPECT_THAT(runner_.List(), ElementsAre("g.txt", "run.checkpoint"));
}

TEST_F(InterruptionTest, AFinishedTrainingLeavesNoCheckpoint) {
  const ToolResult result =
      runner_.Run(With(TrainNodes(), {"--epochs=2", "g.txt"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(runner_.List(), ElementsAre("g.txt", "run.embed", "run.faiss"));
}

// Of writes that kill -9 cut short; another prefix is nobody's business here.
TEST_F(InterruptionTest, LeftoversOfKilledRunsAreClearedAway) {
  for (const char* name :
       {".run.checkpoint.tmp.77.0", ".run.checkpoint.tmp.4194305.12",
        ".run.embed.tmp.77.1", ".run.faiss.tmp.77.2", ".run2.embed.tmp.77.1"}) {
    runner_.Write(name, "half of it");
  }
  const ToolResult result =
      runner_.Run(With(TrainNodes(), {"--epochs=2", "g.txt"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(runner_.List(), ElementsAre(".run2.embed.tmp.77.1", "g.txt",
                                          "run.embed", "run.faiss"));
}

// It is told once, training goes on, and the older checkpoint stays. (What
// cannot be written then are the results themselves.)
TEST_F(InterruptionTest, ADiskThatIsFullCostsNoTraining) {
  const Command command = With(TrainNodes(), kLargeAndSilent);
  StopAtCheckpoint(runner_, command, SIGINT);
  const std::string before = runner_.Read("run.checkpoint");
  ToolRunner::Options options;
  options.file_size_limit = kSizeLimit;
  const ToolResult result = runner_.Run(With(command, {"--resume"}), options);
  EXPECT_EQ(result.exit_code, 1);
  int warnings = 0;
  for (const std::string& line : Lines(result.err)) {
    if (absl::StartsWith(line, "warning: no checkpoint written: ")) ++warnings;
  }
  EXPECT_EQ(warnings, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("trained "));
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("run.embed"));
  EXPECT_EQ(runner_.Read("run.checkpoint"), before);
  EXPECT_THAT(runner_.List(), ElementsAre("g.txt", "run.checkpoint"));
}

TEST_F(InterruptionTest, WithoutRoomForACheckpointItSaysSo) {
  ToolRunner::Options options;
  options.file_size_limit = kSizeLimit;
  const Command command = With(Endless(), kLargeAndSilent);
  const pid_t tool = runner_.Start(command, options);
  WaitForText(runner_, tool, "warning: no checkpoint");
  kill(tool, SIGINT);
  const ToolResult result = runner_.Wait(tool, options);
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(Lines(result.err).back(),
            "stopped by SIGINT, without a checkpoint");
  EXPECT_THAT(runner_.List(), ElementsAre("g.txt"));
}

TEST_F(InterruptionTest, ACheckpointThatCannotBeWrittenIsSaidBeforeTheWork) {
  std::filesystem::create_directory(runner_.Path("run.checkpoint"));
  const ToolResult result = runner_.Run(With(TrainNodes(), {"g.txt"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  EXPECT_THAT(result.err, HasSubstr("run.checkpoint"));
}

TEST_F(InterruptionTest, TheIntervalMustBeATime) {
  for (const char* value : {"-1", "nan", "inf"}) {
    const ToolResult result = runner_.Run(With(
        TrainNodes(), {std::string("--checkpoint_every=") + value, "g.txt"}));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("--checkpoint_every"));
  }
}

}  // namespace interruption_test
}  // namespace embed
