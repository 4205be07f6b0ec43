// The flag about how much memory may be taken: --memory_limit.
#ifndef EMBED_APPS_COMMON_MEMORY_FLAGS_H_
#define EMBED_APPS_COMMON_MEMORY_FLAGS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/common/command_line.h"

namespace embed {

FlagGroup MemoryFlagGroup();

// Puts the flag into force: LimitMemory() of available_memory.h. UsageError
// naming flag and value.
absl::Status ApplyMemoryLimit();

// "2GiB", "1.5 G", "500M", "800kib", "123456" (bytes): always by 1024.
// InvalidArgument: anything else, 0, above 2^63.
absl::StatusOr<uint64_t> ParseBytes(absl::string_view text);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_MEMORY_FLAGS_H_
