#include "apps/eval_command.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "apps/common/command_line.h"
#include "apps/common/out_of_memory.h"
#include "apps/eval_classify.h"
#include "apps/eval_cluster.h"
#include "apps/eval_compare.h"
#include "apps/eval_holdout.h"
#include "apps/eval_linkpred.h"
#include "apps/eval_map.h"
#include "apps/eval_neighbors.h"
#include "apps/eval_recall.h"
#include "apps/eval_recommend.h"
#include "apps/eval_sentsim.h"
#include "apps/eval_words.h"

namespace embed {
namespace {

// The command without a task: --help, --version, or an error.
CommandInfo Overview() {
  CommandInfo info;
  info.name = "embedeval";
  info.summary = "tells how good vectors are, by the protocols of the papers";
  info.synopsis =
      "embedeval TASK [flags] INPUT\n\nTasks (embedeval TASK --help):";
  for (const EvalTask& task : EvalTasks()) {
    absl::StrAppend(&info.synopsis, "\n  ", task.name,
                    std::string(11 - task.name.size(), ' '),
                    task.info().summary);
  }
  info.examples = {"embedeval classify --model karate.embed karate.labels",
                   "embedeval holdout --fraction 0.2 --train kept.edgelist "
                   "--test pairs.tsv karate.edgelist"};
  return info;
}

absl::Status NoTask(const Arguments& arguments) {
  std::vector<std::string> names;
  for (const EvalTask& task : EvalTasks()) names.push_back(task.name);
  const std::string expected = absl::StrJoin(names, ", ");
  if (arguments.empty()) {
    return UsageError(absl::StrCat("a task comes first: ", expected));
  }
  return UsageError(absl::StrCat("unknown task \"", arguments[0],
                                 "\"; expected, as the first argument, one of ",
                                 expected));
}

}  // namespace

const std::vector<EvalTask>& EvalTasks() {
  static const std::vector<EvalTask> tasks = {
      {"classify", ClassifyTaskInfo, RunClassifyTask},
      {"holdout", HoldoutTaskInfo, RunHoldoutTask},
      {"linkpred", LinkpredTaskInfo, RunLinkpredTask},
      {"wordsim", WordsimTaskInfo, RunWordsimTask},
      {"analogy", AnalogyTaskInfo, RunAnalogyTask},
      {"recall", RecallTaskInfo, RunRecallTask},
      {"compare", CompareTaskInfo, RunCompareTask},
      {"cluster", ClusterTaskInfo, RunClusterTask},
      {"recommend", RecommendTaskInfo, RunRecommendTask},
      {"neighbors", NeighborsTaskInfo, RunNeighborsTask},
      {"map", MapTaskInfo, RunMapTask},
      {"sentsim", SentsimTaskInfo, RunSentsimTask},
  };
  return tasks;
}

int RunEvalCommand(int argc, char** argv) {
  EndCleanlyWithoutMemory();
  for (const EvalTask& task : EvalTasks()) {
    if (argc < 2 || task.name != argv[1]) continue;
    return RunCommand(task.info(), argc - 1, argv + 1, task.run);
  }
  return RunCommand(Overview(), argc, argv, NoTask);
}

}  // namespace embed
