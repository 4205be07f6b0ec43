// embedeval neighbors: the nearest keys of some, to look at
// (embed/eval/nearest_rows.h).
#ifndef EMBED_APPS_EVAL_NEIGHBORS_H_
#define EMBED_APPS_EVAL_NEIGHBORS_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo NeighborsTaskInfo();
absl::Status RunNeighborsTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_NEIGHBORS_H_
