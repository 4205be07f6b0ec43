// Two programs that would write the same files: the second is told at once.
#include <signal.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace two_writers_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TwoWritersTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("input.txt", KarateEdges());
    runner_.Write("v.vec", "2 2\na 1 0\nb 0 1\n");
    training_ = runner_.Start(Train(), ToolRunner::Options());
    WaitForText(runner_, training_, "input: ");
  }
  static Command Train() { return With(TrainNodes(), {"input.txt"}); }

  // Beside the training, whose standard error is its own.
  ToolResult RunBeside(const std::string& command) const {
    const ToolRunner other;
    return other.Run(
        {"sh", "-c",
         "cd " + runner_.dir() + " && " EMBED_BIN_DIR "/" + command});
  }

  const ToolRunner runner_;
  pid_t training_ = 0;
};

TEST_F(TwoWritersTest, TheSecondIsToldAndTheFirstGoesOn) {
  for (const char* const command :
       {"embedtrain --mode=line --output=run input.txt",
        "embedtrain --mode=deepwalk --resume --output=run input.txt",
        "embedconvert --output=run v.vec"}) {
    const ToolResult second = RunBeside(command);
    ASSERT_FALSE(runner_.HasEnded(training_));
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(Lines(second.err).back(),
                AllOf(HasSubstr(": error: --output run: "),
                      HasSubstr("another program is writing it; wait")));
  }
  EXPECT_EQ(RunBeside("embedconvert --output=else v.vec").exit_code, 0);
  EXPECT_EQ(runner_.Wait(training_, ToolRunner::Options()).exit_code, 0);
  EXPECT_EQ(runner_.Run(With(Train(), {"--epochs=1"})).exit_code, 0);
  EXPECT_THAT(runner_.List(), ElementsAre("else.faiss", "input.txt",
                                          "run.embed", "run.faiss", "v.vec"));
}

TEST_F(TwoWritersTest, AKilledOneIsInNobodysWay) {
  kill(training_, SIGKILL);
  EXPECT_EQ(runner_.Wait(training_, ToolRunner::Options()).exit_code, 137);
  EXPECT_EQ(runner_.Run(With(Train(), {"--epochs=1"})).exit_code, 0);
  EXPECT_THAT(runner_.List(),
              ElementsAre("input.txt", "run.embed", "run.faiss", "v.vec"));
}

}  // namespace two_writers_test
}  // namespace embed
