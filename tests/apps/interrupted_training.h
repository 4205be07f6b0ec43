// A training that tests can stop in its middle.
#ifndef EMBED_TESTS_APPS_INTERRUPTED_TRAINING_H_
#define EMBED_TESTS_APPS_INTERRUPTED_TRAINING_H_

#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {

// 240,000 tokens of five words, several chunks.
inline std::string RepeatedCorpus() {
  std::string text;
  for (int i = 0; i < 100; ++i) text += SmallCorpus();
  return text;
}

using Command = std::vector<std::string>;

// A second or so of training on "input.txt"; a checkpoint many times within it.
inline Command TrainWords() {
  return {"embedtrain",   "--mode=word2vec",        "--dim=32",
          "--epochs=6",   "--subsample=0",          "--threads=1",
          "--output=run", "--checkpoint_every=0.02"};
}
inline Command TrainNodes() {
  return {"embedtrain",   "--mode=deepwalk",
          "--dim=32",     "--walks_per_node=8",
          "--epochs=60",  "--threads=1",
          "--output=run", "--checkpoint_every=0.02"};
}

inline Command With(Command command, const Command& more) {
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

// The number of the file, which every new checkpoint changes; 0: there is none.
inline ino_t CheckpointNumber(const ToolRunner& runner) {
  struct stat info = {};
  return stat(runner.Path("run.checkpoint").c_str(), &info) == 0 ? info.st_ino
                                                                 : 0;
}

// Waits until the tool has said `text` or has ended by itself.
inline void WaitForText(const ToolRunner& runner, pid_t tool,
                        const std::string& text) {
  while (!absl::StrContains(runner.ErrSoFar(), text) &&
         !runner.HasEnded(tool)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// Starts the command and sends the signal once a checkpoint has appeared that
// was not there before, or once the tool has ended by itself. The checkpoint is
// one after the tool has said `text`.
inline ToolResult StopAtCheckpoint(
    const ToolRunner& runner, const Command& command, int signal,
    const ToolRunner::Options& options = ToolRunner::Options(),
    const std::string& text = "") {
  ino_t before = CheckpointNumber(runner);
  const pid_t tool = runner.Start(command, options);
  if (!text.empty()) {
    WaitForText(runner, tool, text);
    before = CheckpointNumber(runner);
  }
  while (!runner.HasEnded(tool)) {
    const ino_t now = CheckpointNumber(runner);
    if (now != 0 && now != before) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  kill(tool, signal);  // a child that is not waited for keeps its number
  return runner.Wait(tool, options);
}

}  // namespace embed

#endif  // EMBED_TESTS_APPS_INTERRUPTED_TRAINING_H_
