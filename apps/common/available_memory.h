// How much memory this process holds and may still take.
#ifndef EMBED_APPS_COMMON_AVAILABLE_MEMORY_H_
#define EMBED_APPS_COMMON_AVAILABLE_MEMORY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace embed {

// Bytes: the kernel's estimate (MemAvailable) or what the control group of this
// process leaves, whichever is less; 2^64 - 1 where neither can be read.
uint64_t AvailableMemory();

// ResourceExhausted, with both numbers, if `bytes` exceeds AvailableMemory();
// `what` is what they are for.
absl::Status CheckMemory(absl::string_view what, uint64_t bytes);

// What this process holds in memory now, and the most that it has held so far,
// in bytes; 0 if the system does not tell.
uint64_t UsedMemory();
uint64_t PeakMemory();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_AVAILABLE_MEMORY_H_
