// How much memory this process holds and may still take.
#ifndef EMBED_APPS_COMMON_AVAILABLE_MEMORY_H_
#define EMBED_APPS_COMMON_AVAILABLE_MEMORY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace embed {

// Bytes: the kernel's estimate (MemAvailable), what the control group of this
// process leaves, or what LimitMemory() does, whichever is least; 2^64 - 1
// where there is none of these.
uint64_t AvailableMemory();

// What the control group whose files are in `folder` (of version 2) or its
// folder memory (version 1) leaves: its limit less what it holds, of which
// cached files, that give way, are no part. 2^64 - 1 without a limit.
uint64_t ControlGroupMemory(const std::string& folder);

// From now on this process shall hold at most `bytes`. Nothing enforces it:
// AvailableMemory() is what is asked before something large is begun.
void LimitMemory(uint64_t bytes);

// ResourceExhausted, with both numbers, if `bytes` exceeds AvailableMemory();
// `what` is what they are for, `advice` what helps (may be empty).
absl::Status CheckMemory(absl::string_view what, uint64_t bytes,
                         absl::string_view advice);

// What this process holds in memory now, and the most that it has held so far,
// in bytes; 0 if the system does not tell.
uint64_t UsedMemory();
uint64_t PeakMemory();

}  // namespace embed

#endif  // EMBED_APPS_COMMON_AVAILABLE_MEMORY_H_
