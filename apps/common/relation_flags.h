// Flags of mode hin2vec.
#ifndef EMBED_APPS_COMMON_RELATION_FLAGS_H_
#define EMBED_APPS_COMMON_RELATION_FLAGS_H_

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "apps/common/training_flags.h"
#include "embed/train/hin2vec.h"

namespace embed {

FlagGroup RelationFlagGroup();

struct RelationFlags {
  Hin2vecOptions hin2vec;
  bool negatives_any_type = false;
};

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<RelationFlags> ReadRelationFlags(const TrainingFlags& training);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_RELATION_FLAGS_H_
