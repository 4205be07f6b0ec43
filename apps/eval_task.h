// What every task of embedeval has: `embedeval TASK [flags] INPUT`.
#ifndef EMBED_APPS_EVAL_TASK_H_
#define EMBED_APPS_EVAL_TASK_H_

#include <string>

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

struct EvalTask {
  std::string name;  // "classify"
  // As of a command of its own; info.name is "embedeval classify".
  CommandInfo (*info)();
  absl::Status (*run)(const Arguments& arguments);
};

}  // namespace embed

#endif  // EMBED_APPS_EVAL_TASK_H_
