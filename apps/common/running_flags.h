// Flags of every command: --threads, --cpu_target.
#ifndef EMBED_APPS_COMMON_RUNNING_FLAGS_H_
#define EMBED_APPS_COMMON_RUNNING_FLAGS_H_

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"

namespace embed {

FlagGroup RunningFlagGroup();

// Puts --cpu_target into force and returns the number of threads, 1 to 1024.
// UsageError: a value that cannot be.
absl::StatusOr<int> ApplyRunningFlags();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_RUNNING_FLAGS_H_
