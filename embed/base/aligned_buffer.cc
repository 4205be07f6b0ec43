#include "embed/base/aligned_buffer.h"

#include <sys/mman.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/checked_math.h"

namespace embed {
namespace {

constexpr uint64_t kHugePage = 2 << 20;
// Below two huge pages the rounding would waste more than it saves.
constexpr uint64_t kHugePageThreshold = 2 * kHugePage;

}  // namespace

absl::StatusOr<AlignedBuffer> AlignedBuffer::Create(uint64_t bytes) {
  AlignedBuffer buffer;
  if (bytes == 0) return buffer;
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
