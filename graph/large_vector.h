// Vectors that are read at random places.
#ifndef EMBED_GRAPH_LARGE_VECTOR_H_
#define EMBED_GRAPH_LARGE_VECTOR_H_

#include <sys/mman.h>

#include <cstdint>
#include <vector>

#include "embed/base/checked_math.h"

namespace embed {

// An empty vector with room for `size` elements, in huge pages if it is large:
// walks read it at random places, and would miss the TLB at nearly each step.
// Room that it has not grown into yet takes no memory.
template <class T>
std::vector<T> ReserveLarge(uint64_t size) {
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
  return result;
}

// The same with `size` zeros in it.
template <class T>
std::vector<T> LargeVector(uint64_t size) {
  std::vector<T> result = ReserveLarge<T>(size);
  result.resize(size);
  return result;
}

}  // namespace embed

#endif  // EMBED_GRAPH_LARGE_VECTOR_H_
