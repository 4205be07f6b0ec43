// Bitmaps of rows: row i is allowed if bit i % 64 of word i / 64 is set.
// Counting is the same on any CPU, one target choice per call; thread-safe.
#ifndef EMBED_KERNELS_BIT_COUNT_H_
#define EMBED_KERNELS_BIT_COUNT_H_

#include <cstdint>

#include "absl/types/span.h"

namespace embed {

// bits.size() * 64 > row.
inline bool IsAllowed(absl::Span<const uint64_t> bits, uint64_t row) {
  return (bits[row / 64] >> (row % 64) & 1) != 0;
}

// The number of i in [begin, end) whose bit i % 64 of bits[i / 64] is set; end
// at most bits.size() * 64.
uint64_t CountBits(absl::Span<const uint64_t> bits, uint64_t begin,
                   uint64_t end);

}  // namespace embed

#endif  // EMBED_KERNELS_BIT_COUNT_H_
