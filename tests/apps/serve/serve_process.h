// embedserve as a process of its own, on a free port.
#ifndef EMBED_TESTS_APPS_SERVE_SERVE_PROCESS_H_
#define EMBED_TESTS_APPS_SERVE_SERVE_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {

class ServeProcess {
 public:
  // runner must outlive this; the index is its file i.faiss.
  explicit ServeProcess(const ToolRunner& runner) : runner_(runner) {
    options_.stdout_path = runner_.Path("out");
  }

  // Waits until it listens. prefix: what runs it, as "env" with variables.
  void Start(const std::vector<std::string>& flags,
             const std::vector<std::string>& prefix = {}) {
    std::vector<std::string> command = prefix;
    command.push_back(prefix.empty() ? "embedserve"
                                     : EMBED_BIN_DIR "/embedserve");
    for (const char* flag : {"--index", "i.faiss", "--port", "0"}) {
      command.push_back(flag);
    }
    command.insert(command.end(), flags.begin(), flags.end());
    runner_.Write("out", "");
    port_ = 0;
    tool_ = runner_.Start(command, options_);
    for (int i = 0; i < 2000 && port_ == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (runner_.HasEnded(tool_)) break;
      const std::string out = runner_.Read("out");
      if (!absl::EndsWith(out, "\n")) continue;
      const std::string line = Lines(out)[0];
      EXPECT_TRUE(absl::StartsWith(line, "listening on http://127.0.0.1:"));
      EXPECT_TRUE(absl::SimpleAtoi(line.substr(line.rfind(':') + 1), &port_));
    }
    ASSERT_NE(port_, 0) << runner_.ErrSoFar();
  }

  void Signal(int number) const { kill(tool_, number); }
  ToolResult Wait() const { return runner_.Wait(tool_, options_); }
  int port() const { return port_; }

 private:
  const ToolRunner& runner_;
  ToolRunner::Options options_;
  pid_t tool_ = 0;
  int port_ = 0;
};

}  // namespace embed

#endif  // EMBED_TESTS_APPS_SERVE_SERVE_PROCESS_H_
