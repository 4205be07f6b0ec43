// embedeval classify: labels predicted from vectors
// (embed/eval/classification.h).
#ifndef EMBED_APPS_EVAL_CLASSIFY_H_
#define EMBED_APPS_EVAL_CLASSIFY_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo ClassifyTaskInfo();
absl::Status RunClassifyTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_CLASSIFY_H_
