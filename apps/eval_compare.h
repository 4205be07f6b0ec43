// embedeval compare: two sets of vectors of the same keys
// (embed/eval/neighborhoods.h, embed/eval/procrustes.h).
#ifndef EMBED_APPS_EVAL_COMPARE_H_
#define EMBED_APPS_EVAL_COMPARE_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo CompareTaskInfo();
absl::Status RunCompareTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_COMPARE_H_
