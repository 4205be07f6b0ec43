// embedeval: finds the task and runs it. A new task is a file eval_TASK.{h,cc}
// and a line in the table of eval_command.cc.
#ifndef EMBED_APPS_EVAL_COMMAND_H_
#define EMBED_APPS_EVAL_COMMAND_H_

#include <vector>

#include "apps/eval_task.h"

namespace embed {

const std::vector<EvalTask>& EvalTasks();

// A whole main().
int RunEvalCommand(int argc, char** argv);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_COMMAND_H_
