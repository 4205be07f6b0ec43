// embedeval recall: an index against exact search (embed/eval/search_recall.h).
#ifndef EMBED_APPS_EVAL_RECALL_H_
#define EMBED_APPS_EVAL_RECALL_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo RecallTaskInfo();
absl::Status RunRecallTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_RECALL_H_
