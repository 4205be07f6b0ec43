// embedeval holdout: edges set aside for linkpred (graph/edge_holdout.h).
#ifndef EMBED_APPS_EVAL_HOLDOUT_H_
#define EMBED_APPS_EVAL_HOLDOUT_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo HoldoutTaskInfo();
absl::Status RunHoldoutTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_HOLDOUT_H_
