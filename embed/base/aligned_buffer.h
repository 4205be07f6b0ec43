// A zeroed block of memory aligned to 64 bytes (one cache line, one AVX-512
// vector); blocks of 4 MiB and more are aligned to 2 MiB and ask the kernel
// for huge pages, which saves most TLB misses of random row access.
#ifndef EMBED_BASE_ALIGNED_BUFFER_H_
#define EMBED_BASE_ALIGNED_BUFFER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

namespace embed {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // ResourceExhausted when the system has no `bytes` bytes. Memory is touched
  // only when it is first used (first-touch placement on NUMA machines).
  static absl::StatusOr<AlignedBuffer> Create(uint64_t bytes);

  AlignedBuffer(AlignedBuffer&& other) noexcept;
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept;
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  ~AlignedBuffer();

  void* data() { return data_; }
  const void* data() const { return data_; }
  uint64_t size() const { return size_; }

 private:
  void* data_ = nullptr;     // start of the usable bytes
  void* mapping_ = nullptr;  // start of the mapping that holds them
  uint64_t size_ = 0;
  uint64_t mapping_size_ = 0;
};

}  // namespace embed

#endif  // EMBED_BASE_ALIGNED_BUFFER_H_
