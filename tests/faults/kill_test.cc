// kill -9 at any moment of a training with checkpoints, again and again: what
// goes on with --resume ends with the bytes of a run that nobody stopped.
//
// EMBED_KILLS in the environment says how often; without it a few times.
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/apps/interrupted_training.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

int Kills() {
  const char* value = std::getenv("EMBED_KILLS");
  return value == nullptr ? 3 : std::atoi(value);
}

constexpr const char* kFinalNames[] = {"run.embed", "run.faiss"};

class KillTest : public testing::Test {
 protected:
  // Trains undisturbed, to "whole"; notes how long that takes.
  void TrainWhole(const Command& command) {
    const auto begin = steady_clock::now();
    const ToolResult result = runner_.Run(With(command, {"--output=whole"}));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    usual_ = duration_cast<microseconds>(steady_clock::now() - begin);
  }

  // Starts or goes on, for a random part of the usual time. True: it was
  // killed.
  bool RunAndKill(const Command& command, std::mt19937* random) {
    const pid_t tool =
        runner_.Start(With(command, {"--resume"}), ToolRunner::Options());
    std::uniform_int_distribution<int64_t> part(0, usual_.count() / 2);
    std::this_thread::sleep_for(microseconds(part(*random)));
    kill(tool, SIGKILL);
    const ToolResult result = runner_.Wait(tool, ToolRunner::Options());
    EXPECT_TRUE(result.exit_code == 137 || result.exit_code == 0) << result.err;
    return result.exit_code == 137;
  }

  // Each final name has no file or the whole one.
  void ExpectWholeFiles(bool all) const {
    for (const std::string name : kFinalNames) {
      if (!all && !std::filesystem::exists(runner_.Path(name))) continue;
      EXPECT_EQ(runner_.Read(name), runner_.Read("whole" + name.substr(3)))
          << name;
    }
  }

  void StartAnew() const {
    for (const char* name : {"run.embed", "run.faiss", "run.checkpoint"}) {
      std::filesystem::remove(runner_.Path(name));
    }
  }

  void KillOften(const Command& command, int kills) {
    TrainWhole(command);
    std::mt19937 random(1);
    int killed = 0;
    int finished = 0;
    while (killed < kills && !HasFailure()) {
      if (RunAndKill(command, &random)) {
        ++killed;
        ExpectWholeFiles(/*all=*/false);
      } else {
        ++finished;
        ExpectWholeFiles(/*all=*/true);
        StartAnew();
      }
    }
    const ToolResult result = runner_.Run(With(command, {"--resume"}));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    ExpectWholeFiles(/*all=*/true);
    std::cout << killed << " kills, " << finished + 1 << " runs to the end\n";
  }

  ToolRunner runner_;
  microseconds usual_{0};
};

TEST_F(KillTest, WordsAreTheSameInTheEnd) {
  runner_.Write("input.txt", RepeatedCorpus());
  KillOften(With(TrainWords(), {"input.txt"}), Kills());
}

TEST_F(KillTest, NodesAreTheSameInTheEnd) {
  runner_.Write("input.txt", KarateEdges());
  KillOften(With(TrainNodes(), {"input.txt"}), Kills());
}

}  // namespace
}  // namespace embed
