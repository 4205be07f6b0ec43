// Where results go: --output, --export, and how the way there is shown.
#ifndef EMBED_APPS_COMMON_OUTPUT_FLAGS_H_
#define EMBED_APPS_COMMON_OUTPUT_FLAGS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/common/command_line.h"
#include "apps/common/index_flags.h"
#include "apps/common/output_lock.h"
#include "apps/common/progress.h"
#include "embed/io/vector_file.h"

namespace embed {

FlagGroup OutputFlagGroup();

// The files that a training writes.
struct OutputPlan {
  struct Export {
    VectorFormat format;
    std::string path;
  };

  std::string prefix;
  std::string model_path;       // PREFIX.embed; "": none
  std::string index_path;       // PREFIX.faiss; "": none
  std::string checkpoint_path;  // PREFIX.checkpoint, until these are written;
                                // "": none
  std::string relations_path;   // PREFIX.relations.vec; "": none
  std::vector<Export> exports;
  IndexPlan index;
  ProgressStyle progress = ProgressStyle::kNone;
};

// "dir/corpus.txt.zst" -> "corpus": the base name without .gz or .zst and then
// without one more extension.
std::string InputStem(absl::string_view path);

// From the flags. UsageError: a flag, or no --output where the input is "-".
absl::StatusOr<OutputPlan> ReadOutputFlags(const std::string& input);

// Before any work: every file can be written, and none is one of the inputs.
// Until the lock ends no other program is let to files of this prefix
// (FailedPrecondition), so that those of two never stand beside each other.
absl::StatusOr<std::unique_ptr<OutputLock>> ClaimOutputs(
    const OutputPlan& plan, const std::vector<std::string>& inputs);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_OUTPUT_FLAGS_H_
