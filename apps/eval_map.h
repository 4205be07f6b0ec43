// embedeval map: keys as a picture of the plane (embed/eval/pca.h,
// embed/eval/tsne.h, apps/key_map.h).
#ifndef EMBED_APPS_EVAL_MAP_H_
#define EMBED_APPS_EVAL_MAP_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo MapTaskInfo();
absl::Status RunMapTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_MAP_H_
