// Flags about stopping and going on: --checkpoint_every, --resume.
#ifndef EMBED_APPS_COMMON_CHECKPOINT_FLAGS_H_
#define EMBED_APPS_COMMON_CHECKPOINT_FLAGS_H_

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"

namespace embed {

FlagGroup CheckpointFlagGroup();

struct CheckpointFlags {
  double every_seconds = 0;  // 0: only when a signal ends the training
  bool resume = false;
};

// The flags' values. UsageError naming flag and value.
absl::StatusOr<CheckpointFlags> ReadCheckpointFlags();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_CHECKPOINT_FLAGS_H_
