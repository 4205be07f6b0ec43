#include "embed/base/aligned_buffer.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"
#include "embed/base/status_macros.h"
#include "embed/base/unnamed_file.h"

namespace embed {
namespace {

constexpr uint64_t kHugePage = 2 << 20;
// Below two huge pages the rounding would waste more than it saves.
constexpr uint64_t kHugePageThreshold = 2 * kHugePage;

// What SpillLargeBuffers() set.
struct Spilling {
  std::mutex mutex;
  uint64_t min_bytes = std::numeric_limits<uint64_t>::max();
  std::string folder;
};

Spilling& GetSpilling() {
  static Spilling* const spilling = new Spilling;
  return *spilling;
}

// The folder for a block of `bytes`; empty: it lies in memory.
std::string SpillFolder(uint64_t bytes) {
  Spilling& spilling = GetSpilling();
  const std::lock_guard<std::mutex> lock(spilling.mutex);
  return bytes >= spilling.min_bytes ? spilling.folder : "";
}

// A mapping of a new file of zeros.
absl::StatusOr<void*> MapUnnamedFile(uint64_t bytes,
                                     const std::string& folder) {
  const auto failed = [&](int error, absl::string_view action) {
    return absl::ErrnoToStatus(
        error, absl::StrCat("cannot ", action, " a temporary file of ", bytes,
                            " bytes in ", folder,
                            " (set TMPDIR to a folder on another disk)"));
  };
  if (bytes > static_cast<uint64_t>(std::numeric_limits<off_t>::max())) {
    return failed(EFBIG, "make");
  }
  EMBED_ASSIGN_OR_RETURN(const int fd, OpenUnnamedFile(folder));
  // All of it now: a disk that is full later would end the program.
  const int error = posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  void* start = MAP_FAILED;
  if (error == 0) {
    start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  const int mapping_error = errno;
  close(fd);
  if (error != 0) return failed(error, "make");
  if (start == MAP_FAILED) return failed(mapping_error, "map");
  return start;
}

}  // namespace

void SpillLargeBuffers(uint64_t min_bytes, std::string folder) {
  Spilling& spilling = GetSpilling();
  const std::lock_guard<std::mutex> lock(spilling.mutex);
  spilling.min_bytes = min_bytes;
  spilling.folder = std::move(folder);
}

absl::StatusOr<AlignedBuffer> AlignedBuffer::Create(uint64_t bytes) {
  AlignedBuffer buffer;
  if (bytes == 0) return buffer;
  const std::string folder = SpillFolder(bytes);
  if (!folder.empty()) {
    EMBED_ASSIGN_OR_RETURN(buffer.mapping_, MapUnnamedFile(bytes, folder));
    buffer.data_ = buffer.mapping_;
    buffer.size_ = buffer.mapping_size_ = bytes;
    return buffer;
  }
  const bool huge = bytes >= kHugePageThreshold;
  uint64_t mapped = bytes;
  if (huge && !CheckedAdd(bytes, kHugePage, &mapped)) mapped = UINT64_MAX;
  void* start = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for a table of ", bytes, " bytes"));
  }
  buffer.mapping_ = start;
  buffer.mapping_size_ = mapped;
  buffer.data_ = start;
  buffer.size_ = bytes;
  if (huge) {
    const auto address = reinterpret_cast<uintptr_t>(start);
    buffer.data_ =
        static_cast<char*>(start) + (RoundUp(address, kHugePage) - address);
    // Only advice: without huge pages the table works, a little slower.
    (void)madvise(buffer.data_, bytes, MADV_HUGEPAGE);
  }
  return buffer;
}

AlignedBuffer::AlignedBuffer(AlignedBuffer&& other) noexcept {
  *this = std::move(other);
}

AlignedBuffer& AlignedBuffer::operator=(AlignedBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(mapping_, other.mapping_);
  std::swap(size_, other.size_);
  std::swap(mapping_size_, other.mapping_size_);
  return *this;
}

AlignedBuffer::~AlignedBuffer() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_size_);
}

}  // namespace embed
