// Flag values: a command and its arguments, parsed and checked by the command
// itself, which then finds none of the files that they name.
#include <fcntl.h>
#include <gflags/gflags.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/align_command.h"
#include "apps/common/available_memory.h"
#include "apps/common/command_line.h"
#include "apps/convert_command.h"
#include "apps/eval_command.h"
#include "apps/query_command.h"
#include "apps/serve/serve_command.h"
#include "apps/train_command.h"
#include "embed/base/exceptions.h"
#include "embed/kernels/cpu_target.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"

namespace embed {
namespace {

struct Command {
  std::string name;  // with the task, of embedeval
  CommandInfo (*info)();
  absl::Status (*run)(const Arguments& arguments);
};

const std::vector<Command>& Commands() {
  static const std::vector<Command>* const commands = [] {
    auto* list = new std::vector<Command>{
        {"embedtrain", TrainCommandInfo, RunTrain},
        {"embedquery", QueryCommandInfo, RunQuery},
        {"embedconvert", ConvertCommandInfo, RunConvert},
        {"embedalign", AlignCommandInfo, RunAlign},
        {"embedserve", ServeCommandInfo, RunServe}};
    for (const EvalTask& task : EvalTasks()) {
      list->push_back(
          {absl::StrCat("embedeval ", task.name), task.info, task.run});
    }
    return list;
  }();
  return *commands;
}

// The flags with text that names no file. What is not listed is taken for a
// file.
constexpr const char* kTexts[] = {"add_type",      "allowed_hosts",
                                  "analogy",       "arch",
                                  "cbow_gradient", "codec",
                                  "compose",       "cpu_target",
                                  "cutoffs",       "export",
                                  "filter",        "format",
                                  "group_by",      "host",
                                  "loss",          "lr_schedule",
                                  "memory_limit",  "metapath",
                                  "method",        "metric",
                                  "minus",         "mode",
                                  "node2vec_plus", "noise_degree",
                                  "non_edges",     "normalize",
                                  "on_bad_utf8",   "operators",
                                  "optimizer",     "order",
                                  "output_format", "output_table",
                                  "pool",          "progress",
                                  "ratios",        "relation_gate",
                                  "rerank",        "subword_gradient",
                                  "tokens",        "window"};

// What help, messages and headers say of numbers, ends included.
struct Range {
  const char* flag;
  double least;
  double most;
};

constexpr double kAny = std::numeric_limits<double>::infinity();
constexpr double kFinite = std::numeric_limits<double>::max();
constexpr double kAboveZero = std::numeric_limits<double>::denorm_min();
constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon() / 2;
constexpr Range kRanges[] = {
    {"C", kAboveZero, kFinite},
    {"buckets", 1, 1 << 30},
    {"checkpoint_every", 0, kFinite},
    {"clip_gradient", 0, 1e18},
    {"csls", 0, 10000},
    {"csls_k", 1, kAny},
    {"degree_penalty", 0, 10},
    {"dim", 1, 4096},
    {"ef_construction", 1, 65536},
    {"ef_search", 1, kAny},
    {"epochs", 1, kAny},
    {"fraction", kAboveZero, kBelowOne},
    {"group_centers", 0, 100},
    {"group_inputs", 0, 1000},
    {"group_passes", 0, 100},
    {"hnsw_m", 2, 256},
    {"idle_timeout", 0.001, 86400},
    {"iterations", 1, kAny},
    {"k", 1, kAny},
    {"learning_rate", kAboveZero, kFinite},
    {"max_body", 1, 1 << 30},
    {"max_connections", 1, 1000000},
    {"max_distinct", 1000, kAny},
    {"min_count", 1, kAny},
    {"mmr", 0, 1},
    {"negatives", 0, 1000},
    {"ngram_max", 0, kAny},
    {"ngram_min", 0, kAny},
    {"nlist", 0, 1 << 20},
    {"node2vec_plus", -kFinite, kFinite},
    {"noise_exponent", 0, kFinite},
    {"nprobe", 1, kAny},
    {"p", kAboveZero, kFinite},
    {"parts", 0, 256},
    {"patience", 0, kAny},
    {"perplexity", 1, 1000},
    {"phrase_min_count", 1, kAny},
    {"phrase_threshold", 0, kAny},
    {"pool_window", 1, kAny},
    {"port", 0, 65535},
    {"q", kAboveZero, kFinite},
    {"queue", 1, 1000000},
    {"refine", 0, kAny},
    {"request_timeout", 0.001, 86400},
    {"restart", 0, kBelowOne},
    {"restarts", 1, kAny},
    {"reuse_negatives", 1, 1000},
    {"round_tokens", 1, kAny},
    {"runs", 1, kAny},
    {"share_negatives", 1, 1000},
    {"sif_a", kAboveZero, kFinite},
    {"skip", 1, kAny},
    {"splits", 1, kAny},
    {"steps", 1, kAny},
    {"stroke_max", 1, kAny},
    {"stroke_min", 1, kAny},
    {"subsample", 0, kFinite},
    {"target_recall", 0, kBelowOne},
    {"threads", 0, 1024},
    {"train_share", kAboveZero, kBelowOne},
    {"walk_length", 2, kAny},
    {"walks_per_node", 1, kAny},
    {"window", 1, 10000},
};

// The flags of the command that the input set.
std::vector<google::CommandLineFlagInfo> FlagsSet(const CommandInfo& info) {
  std::vector<google::CommandLineFlagInfo> flags;
  for (const FlagGroup& group : info.groups) {
    for (const std::string& name : group.flags) {
      google::CommandLineFlagInfo flag;
      FUZZ_CHECK(google::GetCommandLineFlagInfo(name.c_str(), &flag));
      if (!flag.is_default) flags.push_back(flag);
    }
  }
  return flags;
}

void Set(const std::string& flag, const std::string& value) {
  FUZZ_CHECK(
      !google::SetCommandLineOption(flag.c_str(), value.c_str()).empty());
}

// A path of no file, with the extension of `path`, which may decide.
std::string Nowhere(absl::string_view use, absl::string_view path) {
  const absl::string_view name = path.substr(path.find_last_of('/') + 1);
  const absl::string_view extension =
      name.substr(std::min(name.find('.'), name.size()));
  const bool usual =
      extension.size() <= 16 &&
      std::all_of(extension.begin(), extension.end(), [](unsigned char c) {
        return c == '.' || absl::ascii_isalnum(c);
      });
  return FuzzOutput(
      absl::StrCat("flags_", use, usual ? extension : absl::string_view()));
}

bool NamesFile(const google::CommandLineFlagInfo& flag,
               absl::string_view command) {
  if (flag.type != "string" || flag.current_value.empty() ||
      flag.current_value == "-") {
    return false;
  }
  if (flag.name == "index") {  // elsewhere its kind
    return command != "embedtrain" && command != "embedconvert";
  }
  return std::find(std::begin(kTexts), std::end(kTexts),
                   absl::string_view(flag.name)) == std::end(kTexts);
}

// Makes all flags with files name none, or one that does no harm where a file
// is read before other flags are looked at.
void HideFiles(absl::string_view command, const CommandInfo& info) {
  const std::string pairs = FuzzFile("a\tb\t1\n", "pairs");
  for (const google::CommandLineFlagInfo& flag : FlagsSet(info)) {
    if (!NamesFile(flag, command)) continue;
    const std::string& value = flag.current_value;
    if (flag.name == "allow" || flag.name == "deny") {
      Set(flag.name, pairs);
    } else if (flag.name == "eval") {
      const size_t colon = value.find(':');
      if (colon + 1 >= value.size()) continue;  // names none
      if (colon != std::string::npos) {
        Set(flag.name, absl::StrCat(value.substr(0, colon + 1), pairs));
      }
    } else {
      Set(flag.name, Nowhere(flag.name, value));
    }
  }
  if (command == "embedserve") Set("token_file", Nowhere("token_file", ""));
  if (command != "embedtrain") return;
  // Else in the current folder, and the table of the system.
  Set("output", Nowhere("output", ""));
  std::string mode;
  google::GetCommandLineOption("mode", &mode);
  if (mode == "cw2vec") Set("strokes", Nowhere("strokes", ""));
}

// No number outside what is said of it comes as far as the files.
void CheckRanges(const CommandInfo& info) {
  for (const google::CommandLineFlagInfo& flag : FlagsSet(info)) {
    double value;
    if (!absl::SimpleAtod(flag.current_value, &value)) continue;
    bool fits = flag.type != "double" || !std::isnan(value);
    for (const Range& range : kRanges) {
      if (flag.name != range.flag) continue;
      fits = value >= range.least && value <= range.most;
    }
    if (!fits) {
      std::fprintf(stderr, "--%s=%s\n", flag.name.c_str(),
                   flag.current_value.c_str());
    }
    FUZZ_CHECK(fits);
  }
}

// Restores all that flags change.
class Restore {
 public:
  Restore() = default;
  ~Restore() {
    FUZZ_CHECK(ForceCpuTarget("auto").ok());
    LimitMemory(std::numeric_limits<uint64_t>::max());
  }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

 private:
  const google::FlagSaver flags_;
};

bool IsUsageError(const absl::Status& status) {
  return !status.ok() && status == AsUsageError(status);
}

// The lines of an input behind the first. Those that follow one with "flagfile"
// are the text of that file.
Arguments ReadArguments(const std::vector<std::string>& lines) {
  const std::string flag = absl::StrCat("--flagfile=", FuzzFile("", "flags"));
  Arguments arguments;
  std::string text;
  bool in_file = false;
  for (size_t i = 1; i < lines.size(); ++i) {
    const bool names = absl::StrContains(lines[i], "flagfile");
    const std::string& line = names ? flag : lines[i];
    if (in_file) {
      absl::StrAppend(&text, line, "\n");
    } else {
      arguments.push_back(line);
    }
    in_file = in_file || names;
  }
  FuzzFile(text, "flags");
  return arguments;
}

// "-" shall be empty, not a terminal.
void CloseInput() {
  static const bool closed = [] {
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return null >= 0 && dup2(null, STDIN_FILENO) == STDIN_FILENO;
  }();
  FUZZ_CHECK(closed);
}

}  // namespace

void FuzzFlags(absl::string_view input) {
  CloseInput();
  if (absl::EndsWith(input, "\n")) input.remove_suffix(1);
  const std::vector<std::string> lines = absl::StrSplit(input, '\n');
  for (const Command& command : Commands()) {
    if (command.name != lines[0]) continue;
    const Restore restore;
    const CommandInfo info = command.info();
    absl::StatusOr<Arguments> arguments =
        ParseFlags(info, ReadArguments(lines));
    if (!arguments.ok()) {
      FUZZ_CHECK(IsUsageError(arguments.status()));
      return;
    }
    HideFiles(command.name, info);
    for (std::string& argument : *arguments) {
      if (argument != "-") argument = Nowhere("argument", argument);
    }
    const absl::Status status =
        CatchExceptions([&] { return command.run(*arguments); });
    FUZZ_CHECK(!absl::IsInternal(status));
    if (IsUsageError(status)) return;
    // A model to start from is read before the flags of a mode are.
    if (absl::StrContains(status.message(), "flags_init_from")) return;
    CheckRanges(info);
  }
}

}  // namespace embed
