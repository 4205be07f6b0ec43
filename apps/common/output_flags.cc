#include "apps/common/output_flags.h"

#include <gflags/gflags.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "apps/common/output_file.h"
#include "embed/base/status_macros.h"

DEFINE_string(output, "",
              "write PREFIX.embed and PREFIX.faiss; default: the input's name "
              "without its extension, in the current folder");
DEFINE_string(
    export, "",
    "more files of the vectors, separated by commas: vec (word2vec "
    "text), bin (word2vec binary), npy (NumPy, with PREFIX.keys.txt)");
DEFINE_string(progress, "auto",
              "auto, bar, json (an object a line) or none; auto: a bar on a "
              "terminal, else a line every ten seconds; none silences progress "
              "only, not what --eval finds");

namespace embed {

FlagGroup OutputFlagGroup() {
  return {"Output", {"output", "export", "progress"}};
}

std::string InputStem(absl::string_view path) {
  absl::string_view name = path.substr(path.find_last_of('/') + 1);
  if (!absl::ConsumeSuffix(&name, ".gz")) absl::ConsumeSuffix(&name, ".zst");
  const size_t dot = name.find_last_of('.');
  // A leading dot starts a name, not an extension.
  if (dot != absl::string_view::npos && dot > 0) name = name.substr(0, dot);
  return std::string(name);
}

absl::StatusOr<OutputPlan> ReadOutputFlags(const std::string& input) {
  OutputPlan plan;
  plan.prefix = FLAGS_output;
  if (plan.prefix.empty() && input == "-") {
    return UsageError(
        "--output PREFIX is needed when the input is standard input");
  }
  if (plan.prefix.empty()) plan.prefix = InputStem(input);
  if (plan.prefix.empty() || absl::EndsWith(plan.prefix, "/")) {
    return UsageError(absl::StrCat("--output: \"", plan.prefix,
                                   "\" names no file; give FOLDER/NAME"));
  }
  plan.model_path = plan.prefix + ".embed";
  plan.index_path = plan.prefix + ".faiss";
  plan.checkpoint_path = plan.prefix + ".checkpoint";
  plan.relations_path = plan.prefix + ".relations.vec";
  EMBED_ASSIGN_OR_RETURN(plan.index, ReadIndexFlags());
  for (const absl::string_view name :
       absl::StrSplit(FLAGS_export, ',', absl::SkipEmpty())) {
    const absl::StatusOr<VectorFormat> format = VectorFormatFromName(name);
    if (!format.ok()) {
      return UsageError(absl::StrCat("--export: ", format.status().message()));
    }
    plan.exports.push_back({*format, absl::StrCat(plan.prefix, ".", name)});
  }
  const absl::StatusOr<ProgressStyle> style =
      ProgressStyleFromName(FLAGS_progress, isatty(STDERR_FILENO) == 1);
  if (!style.ok()) return AsUsageError(style.status());
  plan.progress = *style;
  return plan;
}

absl::StatusOr<std::unique_ptr<OutputLock>> ClaimOutputs(
    const OutputPlan& plan, const std::vector<std::string>& inputs) {
  std::vector<std::string> paths = {plan.model_path, plan.index_path,
                                    plan.checkpoint_path, plan.relations_path};
  for (const OutputPlan::Export& file : plan.exports) {
    paths.push_back(file.path);
    if (file.format == VectorFormat::kNumpy) {
      paths.push_back(NumpyKeysPath(file.path));
    }
  }
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    EMBED_RETURN_IF_ERROR(CheckOutputFile("--output", path, inputs));
  }
  return OutputLock::Acquire(plan.prefix);
}

}  // namespace embed
