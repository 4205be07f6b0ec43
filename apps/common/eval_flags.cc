#include "apps/common/eval_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "embed/base/status_macros.h"

DEFINE_string(eval, "",
              "TASK:FILE, evaluated after each epoch; wordsim:FILE: Spearman's "
              "rho on lines of two keys and a score");
DEFINE_int32(patience, 0,
             "stop when this many epochs brought no better --eval, and write "
             "the best epoch's tables (a second copy of them is held in "
             "memory); 0: only report");

namespace embed {
namespace {

absl::Status EvalError(absl::string_view problem) {
  return UsageError(absl::StrCat("--eval: \"", FLAGS_eval, "\" ", problem,
                                 "; expected wordsim:FILE"));
}

// Splits --eval into the plan's task and path.
absl::Status ReadTask(EvalPlan* plan) {
  const size_t colon = FLAGS_eval.find(':');
  if (colon == std::string::npos) return EvalError("names no task");
  plan->task = FLAGS_eval.substr(0, colon);
  plan->path = FLAGS_eval.substr(colon + 1);
  if (plan->task != "wordsim") {
    return EvalError(absl::StrCat("has the unknown task \"", plan->task, "\""));
  }
  if (plan->path.empty()) return EvalError("names no file");
  if (plan->path == "-") {
    return EvalError("is standard input, which only INPUT may be");
  }
  return absl::OkStatus();
}

}  // namespace

FlagGroup EvalFlagGroup() { return {"Evaluation", {"eval", "patience"}}; }

absl::StatusOr<EvalPlan> ReadEvalFlags() {
  EvalPlan plan;
  if (FLAGS_patience < 0) {
    return UsageError(
        absl::StrCat("--patience: ", FLAGS_patience, " is not a number >= 0"));
  }
  plan.patience = static_cast<uint32_t>(FLAGS_patience);
  if (FLAGS_eval.empty()) {
    if (plan.patience == 0) return plan;
    return UsageError(
        "--patience: nothing to be patient about; add --eval wordsim:FILE");
  }
  EMBED_RETURN_IF_ERROR(ReadTask(&plan));
  EMBED_ASSIGN_OR_RETURN(plan.pairs, ReadWordPairs(plan.path));
  return plan;
}

}  // namespace embed
