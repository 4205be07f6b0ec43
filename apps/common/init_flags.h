// The model that a training goes on from: --init_from, --forget_missing.
#ifndef EMBED_APPS_COMMON_INIT_FLAGS_H_
#define EMBED_APPS_COMMON_INIT_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"

namespace embed {

FlagGroup InitFlagGroup();

struct InitFlags {
  std::string path;  // "": none, start from the beginning
  bool forget_missing = false;
};

// UsageError: --forget_missing without a model.
absl::StatusOr<InitFlags> ReadInitFlags();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_INIT_FLAGS_H_
