// Flags of the training itself, the same for text and graphs.
#ifndef EMBED_APPS_COMMON_TRAINING_FLAGS_H_
#define EMBED_APPS_COMMON_TRAINING_FLAGS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "embed/train/cbow.h"
#include "embed/train/row_pairs.h"
#include "embed/train/trainer.h"
#include "embed/train/window_setup.h"

namespace embed {

FlagGroup TrainingFlagGroup();

struct TrainingFlags {
  int dim = 0;
  uint64_t seed = 1;
  float start_radius = 0;  // of the input rows, times 1 / dim
  bool cbow = false;       // else skip-gram
  CbowGradient cbow_gradient = CbowGradient::kExact;
  WindowModelOptions windows;
  TrainerOptions trainer;
  bool deterministic = false;
  PartitionOptions partition;  // if deterministic
  bool group_by_mode = true;   // partition.group_by is left to the mode
};

// Decides what of `partition` the flags leave to the mode, which wants these.
void ChoosePairGrouping(PairGrouping group_by, int group_passes,
                        TrainingFlags* flags);

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<TrainingFlags> ReadTrainingFlags(int threads);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_TRAINING_FLAGS_H_
