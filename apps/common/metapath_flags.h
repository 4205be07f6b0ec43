// Flags of walks along metapaths.
#ifndef EMBED_APPS_COMMON_METAPATH_FLAGS_H_
#define EMBED_APPS_COMMON_METAPATH_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "apps/common/training_flags.h"

namespace embed {

FlagGroup MetapathFlagGroup();

struct MetapathFlags {
  std::string metapath;  // its types are known with the graph only
  bool keep_type = false;
  bool negatives_by_type = false;
};

// UsageError: no metapath or one of a single type, negatives by type that the
// training cannot draw.
absl::StatusOr<MetapathFlags> ReadMetapathFlags(const TrainingFlags& training);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_METAPATH_FLAGS_H_
