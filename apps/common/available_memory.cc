#include "apps/common/available_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "apps/common/human_format.h"

namespace embed {
namespace {

constexpr uint64_t kUnknown = std::numeric_limits<uint64_t>::max();

uint64_t FromMeminfo() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  uint64_t kibibytes;
  std::string unit;
  while (file >> name >> kibibytes && std::getline(file, unit)) {
    if (name == "MemAvailable:") return kibibytes * 1024;
  }
  return kUnknown;
}

// A number in a file of its own; "max" (no limit) and no file are kUnknown.
uint64_t ReadNumber(const std::string& path) {
  std::ifstream file(path);
  uint64_t number = 0;
  return file >> number ? number : kUnknown;
}

// Bytes of files in the cache, of which lines of memory.stat tell.
uint64_t CachedFiles(const std::string& path) {
  std::ifstream file(path);
  std::string name;
  uint64_t bytes;
  uint64_t sum = 0;
  while (file >> name >> bytes) {
    if (name == "active_file" || name == "inactive_file") sum += bytes;
  }
  return sum;
}

uint64_t FromSystem() {
  // As containers see their own group.
  return std::min(FromMeminfo(), ControlGroupMemory("/sys/fs/cgroup"));
}

std::atomic<uint64_t> memory_limit{kUnknown};

uint64_t FromLimit() {
  const uint64_t limit = memory_limit.load(std::memory_order_relaxed);
  if (limit == kUnknown) return kUnknown;
  const uint64_t used = UsedMemory();
  return limit > used ? limit - used : 0;
}

}  // namespace

uint64_t ControlGroupMemory(const std::string& folder) {
  static constexpr struct {
    const char* limit;
    const char* held;
    const char* stat;
  } kVersions[] = {{"/memory.max", "/memory.current", "/memory.stat"},
                   {"/memory/memory.limit_in_bytes",
                    "/memory/memory.usage_in_bytes", "/memory/memory.stat"}};
  uint64_t least = kUnknown;
  for (const auto& version : kVersions) {
    const uint64_t limit = ReadNumber(folder + version.limit);
    const uint64_t held = ReadNumber(folder + version.held);
    if (limit == kUnknown || held == kUnknown) continue;
    const uint64_t used =
        held - std::min(held, CachedFiles(folder + version.stat));
    least = std::min(least, limit - std::min(limit, used));
  }
  return least;
}

void LimitMemory(uint64_t bytes) {
  memory_limit.store(bytes, std::memory_order_relaxed);
}

uint64_t AvailableMemory() { return std::min(FromSystem(), FromLimit()); }

absl::Status CheckMemory(absl::string_view what, uint64_t bytes,
                         absl::string_view advice) {
  const uint64_t unused = FromSystem();
  const uint64_t left = FromLimit();
  const uint64_t available = std::min(unused, left);
  if (bytes <= available) return absl::OkStatus();
  const uint64_t limit = memory_limit.load(std::memory_order_relaxed);
  return absl::ResourceExhaustedError(absl::StrCat(
      what, " would take ", FormatBytes(bytes), " of memory, but only ",
      FormatBytes(available), " are ",
      unused < left ? std::string("free")
                    : absl::StrCat("left of the ", FormatBytes(limit),
                                   " of --memory_limit"),
      advice.empty() ? "" : "; ", advice));
}

uint64_t UsedMemory() {
  // Pages: of the address space, then of those that are in memory.
  std::ifstream file("/proc/self/statm");
  uint64_t all;
  uint64_t in_memory;
  if (!(file >> all >> in_memory)) return 0;
  return in_memory * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t PeakMemory() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace embed
