// Evaluating while training: --eval, --patience.
#ifndef EMBED_APPS_COMMON_EVAL_FLAGS_H_
#define EMBED_APPS_COMMON_EVAL_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "embed/eval/word_pairs.h"

namespace embed {

FlagGroup EvalFlagGroup();

// What to evaluate after each epoch.
struct EvalPlan {
  bool wanted() const { return !task.empty(); }

  std::string task;  // "wordsim"; empty: nothing
  std::string path;
  std::vector<WordPair> pairs;  // what the file holds
  uint32_t patience = 0;        // 0: report only
};

// From the flags; reads the file, so that a bad one is known before hours of
// training. UsageError: --eval is not TASK:FILE with a known task, --patience
// is negative or without --eval. Other errors: the file's.
absl::StatusOr<EvalPlan> ReadEvalFlags();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_EVAL_FLAGS_H_
