// embedeval sentsim: sentences as pooled words
// (embed/eval/sentence_similarity.h).
#ifndef EMBED_APPS_EVAL_SENTSIM_H_
#define EMBED_APPS_EVAL_SENTSIM_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo SentsimTaskInfo();
absl::Status RunSentsimTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_SENTSIM_H_
