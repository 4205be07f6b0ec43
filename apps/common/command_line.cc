#include "apps/common/command_line.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "embed/base/exceptions.h"
#include "embed/base/status_macros.h"
#include "embed/index/spelling.h"

namespace embed {
namespace {

constexpr char kUsagePayload[] = "embed/usage";
constexpr char kReportedPayload[] = "embed/reported";
constexpr char kExitPayload[] = "embed/exit_code";
constexpr char kFlagFile[] = "flagfile";
constexpr int kMaxFlagFileDepth = 8;
// Edits up to which a flag is taken for what was meant.
constexpr int kMaxMisspelling = 3;

bool Contains(const std::vector<std::string>& list, absl::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Parses one list of arguments; flag files are lists within the list.
class FlagParser {
 public:
  explicit FlagParser(const CommandInfo& info) : info_(info) {}

  // where: put before error messages, "" or "FILE: ".
  absl::Status Parse(const std::vector<std::string>& list,
                     const std::string& where, int depth) {
    for (size_t i = 0; i < list.size(); ++i) {
      const std::string& argument = list[i];
      if (argument == "--") {
        arguments_.insert(arguments_.end(),
                          list.begin() + static_cast<ptrdiff_t>(i) + 1,
                          list.end());
        return absl::OkStatus();
      }
      if (argument.size() < 2 || argument[0] != '-') {
        arguments_.push_back(argument);
        continue;
      }
      const absl::Status status = ParseFlag(list, &i, depth);
      if (!status.ok()) {
        return UsageError(absl::StrCat(where, status.message()));
      }
    }
    return absl::OkStatus();
  }

  Arguments TakeArguments() { return std::move(arguments_); }

 private:
  bool Knows(const std::string& name) const {
    for (const FlagGroup& group : info_.groups) {
      if (Contains(group.flags, name)) return true;
    }
    return false;
  }

  absl::Status UnknownFlag(const std::string& name) const {
    std::vector<std::string> names = {kFlagFile, "help", "version"};
    for (const FlagGroup& group : info_.groups) {
      names.insert(names.end(), group.flags.begin(), group.flags.end());
    }
    int distance = kMaxMisspelling + 1;
    std::string hint;
    for (const std::string& flag : names) {
      const int other =
          EditDistance(CodePoints(name), CodePoints(flag), kMaxMisspelling);
      if (other >= distance) continue;
      distance = other;
      hint = absl::StrCat("; did you mean --", flag, "?");
    }
    return UsageError(
        absl::StrCat("unknown flag --", name, hint, "; see --help"));
  }

  // The flag at list[*i]; *i moves on if its value is the next argument.
  absl::Status ParseFlag(const std::vector<std::string>& list, size_t* i,
                         int depth) {
    absl::string_view text = list[*i];
    absl::ConsumePrefix(&text, "-");
    absl::ConsumePrefix(&text, "-");
    const size_t equals = text.find('=');
    const bool has_value = equals != absl::string_view::npos;
    std::string name(text.substr(0, equals));
    std::string value(has_value ? text.substr(equals + 1) : "");

    google::CommandLineFlagInfo flag;
    const bool known =
        Knows(name) && google::GetCommandLineFlagInfo(name.c_str(), &flag);
    if (!known && name != kFlagFile) {
      const std::string positive(absl::StripPrefix(name, "no"));
      if (has_value || positive == name || !Knows(positive) ||
          !google::GetCommandLineFlagInfo(positive.c_str(), &flag) ||
          flag.type != "bool") {
        return UnknownFlag(name);
      }
      return SetFlag(flag, "false");
    }
    if (!has_value) {
      if (flag.type == "bool") {
        value = "true";
      } else if (*i + 1 < list.size()) {
        value = list[++*i];
      } else {
        return UsageError(absl::StrCat("--", name, " needs a value"));
      }
    }
    return name == kFlagFile ? ParseFile(value, depth) : SetFlag(flag, value);
  }

  absl::Status SetFlag(const google::CommandLineFlagInfo& flag,
                       const std::string& value) {
    if (!google::SetCommandLineOption(flag.name.c_str(), value.c_str())
             .empty()) {
      return absl::OkStatus();
    }
    const char* expected = "a number";
    if (flag.type == "bool") expected = "true or false";
    if (absl::StrContains(flag.type, "int")) expected = "a whole number";
    return UsageError(absl::StrCat("--", flag.name, ": \"", value, "\" is not ",
                                   expected, " in range (", flag.type, ")"));
  }

  absl::Status ParseFile(const std::string& path, int depth) {
    std::ifstream file(path);
    std::string line;
    // The first read also tells a folder from a file.
    if (depth == kMaxFlagFileDepth || !file.is_open() || file.peek() == EOF) {
      return UsageError(absl::StrCat(
          "--flagfile: ", path, ": ",
          depth == kMaxFlagFileDepth ? "flag files name one another in a circle"
                                     : "cannot be read or is empty"));
    }
    for (int number = 1; std::getline(file, line); ++number) {
      const absl::string_view text = absl::StripAsciiWhitespace(line);
      if (text.empty() || text[0] == '#') continue;
      const std::string where = absl::StrCat(path, ":", number, ": ");
      if (text[0] != '-') {
        return UsageError(
            absl::StrCat(where, "expected --flag=value, found \"", text, "\""));
      }
      EMBED_RETURN_IF_ERROR(Parse({std::string(text)}, where, depth + 1));
    }
    return absl::OkStatus();
  }

  const CommandInfo& info_;
  Arguments arguments_;
};

// The words of `text` in lines of at most 79 columns, each indented by six.
std::string Wrapped(absl::string_view text) {
  constexpr size_t kWidth = 79;
  const std::string indent(6, ' ');
  std::string lines;
  std::string line = indent;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (line.size() > indent.size() && line.size() + word.size() > kWidth) {
      absl::StrAppend(&lines, absl::StripTrailingAsciiWhitespace(line), "\n");
      line = indent;
    }
    absl::StrAppend(&line, word, " ");
  }
  return absl::StrCat(lines, absl::StripTrailingAsciiWhitespace(line), "\n");
}

std::string FlagHelp(const CommandInfo& info, const std::string& name) {
  google::CommandLineFlagInfo flag;
  if (!google::GetCommandLineFlagInfo(name.c_str(), &flag)) return "";
  std::string text = absl::StrCat("  --", name);
  if (flag.type != "bool") absl::StrAppend(&text, "=", flag.type);
  const auto own_text = info.flag_texts.find(name);
  if (own_text != info.flag_texts.end()) {
    return absl::StrCat(text, "\n", Wrapped(own_text->second));
  }
  if (Contains(info.defaults_elsewhere, name)) {
    absl::StrAppend(&text, " (by mode)");
  } else if (!flag.default_value.empty() && flag.type != "bool") {
    absl::StrAppend(&text, " (", flag.default_value, ")");
  }
  return absl::StrCat(text, "\n", Wrapped(flag.description));
}

bool HasFlag(const std::vector<std::string>& list, absl::string_view name) {
  for (const std::string& argument : list) {
    if (argument == "--") return false;
    if (argument == name) return true;
  }
  return false;
}

// Help and version go to stdout, which may be full or closed.
int Print(const std::string& text) {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? 0 : 1;
}

// Parses and runs. Libraries throw where they find no other way: whatever they
// throw is an error like any other.
absl::Status ParseAndRun(
    const CommandInfo& info, const std::vector<std::string>& command_line,
    const std::function<absl::Status(const Arguments&)>& run) {
  return CatchExceptions([&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(const Arguments arguments,
                           ParseFlags(info, command_line));
    return run(arguments);
  });
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsagePayload, absl::Cord());
  return status;
}

absl::Status AsUsageError(const absl::Status& status) {
  return status.ok() ? status : UsageError(status.message());
}

absl::Status ReportedError() {
  absl::Status status = absl::UnknownError("reported");
  status.SetPayload(kReportedPayload, absl::Cord());
  return status;
}

absl::Status ExitWith(int code) {
  absl::Status status = absl::CancelledError("ended");
  status.SetPayload(kExitPayload, absl::Cord(absl::StrCat(code)));
  return status;
}

absl::StatusOr<Arguments> ParseFlags(
    const CommandInfo& info, const std::vector<std::string>& command_line) {
  FlagParser parser(info);
  EMBED_RETURN_IF_ERROR(parser.Parse(command_line, "", 0));
  return parser.TakeArguments();
}

bool IsFlagSet(const std::string& name) {
  google::CommandLineFlagInfo flag;
  return google::GetCommandLineFlagInfo(name.c_str(), &flag) &&
         !flag.is_default;
}

std::string HelpText(const CommandInfo& info) {
  std::string text = absl::StrCat(info.name, ": ", info.summary,
                                  "\n\nUsage: ", info.synopsis, "\n");
  absl::StrAppend(&text, "\nExamples:\n");
  for (const std::string& example : info.examples) {
    absl::StrAppend(&text, "  ", example, "\n");
  }
  if (!info.notes.empty()) absl::StrAppend(&text, "\n", info.notes);
  for (const FlagGroup& group : info.groups) {
    absl::StrAppend(&text, "\n", group.title, ":\n");
    for (const std::string& flag : group.flags) {
      absl::StrAppend(&text, FlagHelp(info, flag));
    }
  }
  absl::StrAppend(&text,
                  "\nFlags may also stand in a file, one a line: "
                  "--flagfile=FILE\n"
                  "Exit code: 0 done, 1 failed, 2 wrong usage, 128 + n ended "
                  "by signal n.\n");
  return text;
}

void Say(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

void PrintError(absl::string_view command, absl::string_view message) {
  const std::string line = absl::StrCat(
      command,
      ": error: ", absl::StrReplaceAll(message, {{"\n", " "}, {"\r", " "}}),
      "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int RunCommand(const CommandInfo& info, int argc, char** argv,
               const std::function<absl::Status(const Arguments&)>& run) {
  // A reader that goes away is a write error, reported as such, and so is a
  // file at its limit of size.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string> command_line(argv + 1, argv + argc);
  if (HasFlag(command_line, "--help") || HasFlag(command_line, "-h")) {
    return Print(HelpText(info));
  }
  if (HasFlag(command_line, "--version")) {
    return Print(absl::StrCat(info.name, " ", EMBED_VERSION, "\n"));
  }
  const absl::Status status = ParseAndRun(info, command_line, run);
  if (status.ok()) return 0;
  int code = 1;
  if (const auto exit_code = status.GetPayload(kExitPayload)) {
    return absl::SimpleAtoi(std::string(*exit_code), &code) ? code : 1;
  }
  if (!status.GetPayload(kReportedPayload).has_value()) {
    PrintError(info.name, status.message());
  }
  return status.GetPayload(kUsagePayload).has_value() ? 2 : 1;
}

}  // namespace embed
