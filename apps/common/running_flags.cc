#include "apps/common/running_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/kernels/cpu_target.h"

DEFINE_int32(threads, 0, "threads to use; 0: all this process may use");
DEFINE_string(cpu_target, "auto",
              "instruction set of the kernels; a wrong name lists what this "
              "machine has");

namespace embed {
namespace {

constexpr int kMaxThreads = 1024;

}  // namespace

FlagGroup RunningFlagGroup() { return {"Running", {"threads", "cpu_target"}}; }

absl::StatusOr<int> ApplyRunningFlags() {
  if (FLAGS_threads < 0 || FLAGS_threads > kMaxThreads) {
    return UsageError(absl::StrCat("--threads: ", FLAGS_threads,
                                   " is not in 0 .. ", kMaxThreads));
  }
  const absl::Status status = ForceCpuTarget(FLAGS_cpu_target);
  if (!status.ok()) {
    return UsageError(absl::StrCat("--cpu_target: ", status.message()));
  }
  return FLAGS_threads == 0 ? AvailableThreads() : FLAGS_threads;
}

}  // namespace embed
