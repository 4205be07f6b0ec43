// embedeval recommend: held-out items by users' histories
// (embed/eval/recommendation.h).
#ifndef EMBED_APPS_EVAL_RECOMMEND_H_
#define EMBED_APPS_EVAL_RECOMMEND_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo RecommendTaskInfo();
absl::Status RunRecommendTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_RECOMMEND_H_
