#include "apps/common/init_flags.h"

#include <gflags/gflags.h>

DEFINE_string(init_from, "",
              "a model (.embed) of the same dim to go on from: keys and "
              "n-grams that it knows start with its rows, new ones fresh");
DEFINE_bool(forget_missing, false,
            "with --init_from: leave out the keys that the input lacks; "
            "otherwise they stay as they are, with count 0");

namespace embed {

FlagGroup InitFlagGroup() {
  return {"Going on from a finished model", {"init_from", "forget_missing"}};
}

absl::StatusOr<InitFlags> ReadInitFlags() {
  if (FLAGS_forget_missing && FLAGS_init_from.empty()) {
    return UsageError("--forget_missing needs --init_from MODEL");
  }
  return InitFlags{FLAGS_init_from, FLAGS_forget_missing};
}

}  // namespace embed
