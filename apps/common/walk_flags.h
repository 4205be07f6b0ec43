// Flags of the modes that learn from random walks.
#ifndef EMBED_APPS_COMMON_WALK_FLAGS_H_
#define EMBED_APPS_COMMON_WALK_FLAGS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "graph/walk_options.h"

namespace embed {

FlagGroup WalkFlagGroup();

struct WalkFlags {
  WalkOptions walks;
  int skip = 1;  // K > 1: train on vertices exactly K apart (Walklets)
};

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<WalkFlags> ReadWalkFlags(bool weighted, uint64_t seed,
                                        int threads);

// --walks_only: a file, "-", or "" to train. UsageError: the mode's input is no
// graph.
absl::StatusOr<std::string> ReadWalksOnly(bool mode_walks);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_WALK_FLAGS_H_
