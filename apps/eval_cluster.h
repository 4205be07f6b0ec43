// embedeval cluster: k-means against labels (embed/index/kmeans.h,
// embed/eval/partition_metrics.h).
#ifndef EMBED_APPS_EVAL_CLUSTER_H_
#define EMBED_APPS_EVAL_CLUSTER_H_

#include "absl/status/status.h"
#include "apps/common/command_line.h"

namespace embed {

CommandInfo ClusterTaskInfo();
absl::Status RunClusterTask(const Arguments& arguments);

}  // namespace embed

#endif  // EMBED_APPS_EVAL_CLUSTER_H_
