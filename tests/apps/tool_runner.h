// Runs the real commands, as a shell would.
#ifndef EMBED_TESTS_APPS_TOOL_RUNNER_H_
#define EMBED_TESTS_APPS_TOOL_RUNNER_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace embed {

struct ToolResult {
  int exit_code = -1;  // 128 + signal number if a signal ended it
  std::string out;
  std::string err;
};

// A fresh folder that is the working directory of its commands and is removed
// in the end.
class ToolRunner {
 public:
  ToolRunner();
  ~ToolRunner();
  ToolRunner(const ToolRunner&) = delete;
  ToolRunner& operator=(const ToolRunner&) = delete;

  struct Options {
    std::string input;             // of standard input
    uint64_t file_size_limit = 0;  // RLIMIT_FSIZE in bytes; 0: none
    uint64_t data_limit = 0;       // RLIMIT_DATA in bytes; 0: none
    std::string stdout_path;       // instead of collecting it
    bool as_nobody = false;        // root only: without its rights over files
  };
  // command[0] is a tool's name ("embedtrain") or a program of PATH.
  ToolResult Run(const std::vector<std::string>& command,
                 const Options& options) const;
  ToolResult Run(const std::vector<std::string>& command) const {
    return Run(command, Options());
  }
  // A tool in the background, one at a time, for tests that disturb it.
  pid_t Start(const std::vector<std::string>& command,
              const Options& options) const;
  bool HasEnded(pid_t tool) const;  // it is still to be waited for
  std::string ErrSoFar() const;
  ToolResult Wait(pid_t tool, const Options& options) const;
  // A line as help texts show it: blanks separate, no quoting but "a b".
  ToolResult RunLine(absl::string_view line) const;

  const std::string& dir() const { return dir_; }
  std::string Path(absl::string_view name) const;
  void Write(absl::string_view name, absl::string_view bytes) const;
  std::string Read(absl::string_view name) const;
  // The names of all files and folders in dir(), sorted.
  std::vector<std::string> List() const;

 private:
  std::string dir_;
};

// The lines of a text; an unfinished last line counts.
std::vector<std::string> Lines(absl::string_view text);

// A graph and texts to train on quickly: 34 nodes; five words each.
std::string KarateEdges();
std::string SmallCorpus();
std::string SmallChineseCorpus();

}  // namespace embed

#endif  // EMBED_TESTS_APPS_TOOL_RUNNER_H_
