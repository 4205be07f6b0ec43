// Vectors that are read at random places.
#ifndef EMBED_GRAPH_LARGE_VECTOR_H_
#define EMBED_GRAPH_LARGE_VECTOR_H_

#include <sys/mman.h>

#include <cstdint>
#include <vector>

#include "embed/base/checked_math.h"

namespace embed {

// A vector of `size` zeros that asks for huge pages before it is first touched:
// walks read it at random places, and would miss the TLB at nearly each step.
template <class T>
std::vector<T> LargeVector(uint64_t size) {
  constexpr uintptr_t kHugePage = uintptr_t{2} << 20;
  std::vector<T> result;
  result.reserve(size);
  const uint64_t bytes = size * sizeof(T);
  const uintptr_t address = reinterpret_cast<uintptr_t>(result.data());
  const uint64_t before = RoundUp(address, kHugePage) - address;
  if (before < bytes) {
    // Advice only: without huge pages all works, a little slower.
    (void)madvise(reinterpret_cast<char*>(result.data()) + before,
                  (bytes - before) & ~(kHugePage - 1), MADV_HUGEPAGE);
  }
  result.resize(size);
  return result;
}

}  // namespace embed

#endif  // EMBED_GRAPH_LARGE_VECTOR_H_
