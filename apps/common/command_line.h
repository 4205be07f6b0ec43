// The frame of every command: flags (by gflags), help, errors, exit codes.
//
// Exit codes: 0 done; 1 failed (data, files, not found); 2 wrong usage; 128 + n
// ended by signal n. An error is one line on stderr: "embedtrain: error: ...".
#ifndef EMBED_APPS_COMMON_COMMAND_LINE_H_
#define EMBED_APPS_COMMON_COMMAND_LINE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace embed {

// Flags that --help shows together; names as given to DEFINE_*.
struct FlagGroup {
  std::string title;
  std::vector<std::string> flags;
};

// A command as --help describes it. Flags outside `groups` are unknown to it,
// whatever else is linked in.
struct CommandInfo {
  std::string name;                   // "embedtrain"
  std::string summary;                // one sentence
  std::string synopsis;               // "embedtrain --mode MODE INPUT"
  std::vector<std::string> examples;  // commands that run as they stand
  std::vector<FlagGroup> groups;
  std::vector<std::string> defaults_elsewhere;  // flags whose default `notes`
                                                // tells, not their definition
  // Of flags that mean something else here than in the command that they were
  // made for: what, and without a default.
  std::map<std::string, std::string> flag_texts;
  std::string notes;  // shown before the flags
};

// The arguments that are not flags; ["-"] is kept as an argument, and all that
// follows "--" is.
using Arguments = std::vector<std::string>;

// An InvalidArgument error that ends the command with exit code 2.
absl::Status UsageError(absl::string_view message);
// `status` itself if OK, else a UsageError with its message.
absl::Status AsUsageError(const absl::Status& status);

// An error that ends the command with exit code 1 and without another line,
// because PrintError() has told it.
absl::Status ReportedError();

// An error that ends the command with this exit code and without another line,
// where the cause was told and is no failure (a signal).
absl::Status ExitWith(int code);

// Sets flags from --name=value, --name value, --name and --noname (switches)
// and --flagfile=FILE (one such flag a line, # comments). UsageError: unknown
// flag (with the nearest name), value of a wrong type, value missing.
absl::StatusOr<Arguments> ParseFlags(
    const CommandInfo& info, const std::vector<std::string>& command_line);

// True if the user set this flag, to whatever value.
bool IsFlagSet(const std::string& name);

// The text of --help: current defaults included.
std::string HelpText(const CommandInfo& info);

// A line for the user, on stderr.
void Say(const std::string& line);

// "COMMAND: error: MESSAGE" on stderr, one line whatever the message holds.
void PrintError(absl::string_view command, absl::string_view message);

// A whole main(): parses, answers --help and --version, calls `run`, reports
// its error, or the exception that left it, and returns the exit code.
int RunCommand(const CommandInfo& info, int argc, char** argv,
               const std::function<absl::Status(const Arguments&)>& run);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_COMMAND_LINE_H_
