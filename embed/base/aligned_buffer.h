// A zeroed block of memory aligned to 64 bytes (one cache line, one AVX-512
// vector); blocks of 4 MiB and more are aligned to 2 MiB and ask the kernel
// for huge pages, which saves most TLB misses of random row access.
//
// A program that goes through large blocks in order, as embedconvert does, need
// not hold them in memory: see SpillLargeBuffers().
#ifndef EMBED_BASE_ALIGNED_BUFFER_H_
#define EMBED_BASE_ALIGNED_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace embed {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // ResourceExhausted when the system has no `bytes` bytes; where blocks are
  // spilled errors of the disk. Memory is touched only when it is first used
  // (first-touch placement on NUMA machines).
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

// From now on blocks of at least `min_bytes` bytes lie in files without a name
// (embed/base/unnamed_file.h) in `folder`, one each, and are mapped: what is
// not in use leaves memory for the disk when the system needs room. The disk is
// asked for all bytes at once. For reading and writing in order: single rows
// here and there are slow. Without a call everything lies in memory. Any thread
// may call it, for all.
void SpillLargeBuffers(uint64_t min_bytes, std::string folder);

}  // namespace embed

#endif  // EMBED_BASE_ALIGNED_BUFFER_H_
