// embedeval linkpred: links predicted from vectors
// (embed/eval/link_prediction.h).
#ifndef EMBED_APPS_EVAL_LINKPRED_H_
#define EMBED_APPS_EVAL_LINKPRED_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo LinkpredTaskInfo();
absl::Status RunLinkpredTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_LINKPRED_H_
