#include "apps/common/checkpoint_flags.h"

#include <gflags/gflags.h>

#include <cmath>

#include "absl/strings/str_cat.h"

DEFINE_double(checkpoint_every, 0,
              "seconds between two writings of PREFIX.checkpoint, from which "
              "--resume goes on; 0: only when SIGINT or SIGTERM ends the "
              "training");
DEFINE_bool(resume, false,
            "go on from PREFIX.checkpoint, with the same flags and input (but "
            "any --threads) as the training that wrote it");

namespace embed {

FlagGroup CheckpointFlagGroup() {
  return {"Stopping and going on", {"checkpoint_every", "resume"}};
}

absl::StatusOr<CheckpointFlags> ReadCheckpointFlags() {
  if (!(FLAGS_checkpoint_every >= 0) || std::isinf(FLAGS_checkpoint_every)) {
    return UsageError(
        absl::StrCat("--checkpoint_every: ", FLAGS_checkpoint_every,
                     " is not a number of seconds >= 0"));
  }
  return CheckpointFlags{FLAGS_checkpoint_every, FLAGS_resume};
}

}  // namespace embed
