// Runs a command again and again, each time with another call to the system
// failing (fault_shim.cc), and tells what went against the rules:
//   - every file under a final name is whole: the new one or the older one
//   - exit code 0 only with all files new; else 1 with one line that begins
//     "COMMAND: error: " and names the cause, or with that of OpenMP, which
//     ends the program itself where it cannot start a thread (for k-means of
//     FAISS)
//   - no temporary stays, except where the process had no memory to unwind with
#ifndef EMBED_TESTS_FAULTS_FAULT_SWEEP_H_
#define EMBED_TESTS_FAULTS_FAULT_SWEEP_H_

#include <map>
#include <string>
#include <vector>

#include "tests/apps/tool_runner.h"

namespace embed {

class FaultSweep {
 public:
  // Whether all is as it should be after a run that failed.
  using AfterFailure = bool (*)(const FaultSweep& sweep);

  // command[0] is a tool; inputs: files by name. One that the command changes
  // is an output as well, whose older one it is. With `after_failure`,
  // checkpoints may stay behind a failed run, and it is to look at them.
  FaultSweep(std::vector<std::string> command,
             std::map<std::string, std::string> inputs,
             AfterFailure after_failure = nullptr);

  // One sweep over a kind of fault. `stride`: every so many calls, 1 for all.
  // `older`: files of earlier runs are there. Failures are reported to
  // GoogleTest, with the number of the call. Returns how many faults there
  // were.
  int Run(const std::string& kind, int stride, bool older);

  const ToolRunner& runner() const { return runner_; }
  const std::vector<std::string>& command() const { return command_; }
  // What the command writes without any fault.
  const std::map<std::string, std::string>& outputs() const { return outputs_; }

 private:
  ToolResult RunWith(const std::string& fault) const;
  void Reset(bool older) const;
  // Whether the file is the whole new or the whole older one.
  bool IsWhole(const std::string& name, bool older) const;
  // Files that are not; "" if none.
  std::string Torn(bool older) const;
  bool Complete() const;
  void Check(const std::string& kind, bool older,
             const ToolResult& result) const;

  ToolRunner runner_;
  std::vector<std::string> command_;
  std::map<std::string, std::string> inputs_;
  AfterFailure after_failure_;
  std::map<std::string, std::string> outputs_;
  std::map<std::string, int> calls_;
};

}  // namespace embed

#endif  // EMBED_TESTS_FAULTS_FAULT_SWEEP_H_
