// Random words in bulk, several Philox blocks in each vector register.
#ifndef EMBED_KERNELS_RANDOM_H_
#define EMBED_KERNELS_RANDOM_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "embed/base/philox.h"

namespace embed {

// out[i] = word 4 * first_block + i of `stream`: the same words, bit for bit,
// as Philox reads one by one, on every target. Thread-safe.
void FillRandom(const PhiloxStream& stream, uint32_t first_block,
                absl::Span<uint32_t> out);

// The same blocks of many streams, those of the seed, purpose and epoch of
// `stream` and of sequences[i]: out[j * stride + i] = word 4 * first_block + j
// of stream i, for j < 4 * num_blocks. Several times as fast as a call for
// each. Thread-safe.
void FillRandomOfStreams(const PhiloxStream& stream, uint32_t first_block,
                         uint32_t num_blocks,
                         absl::Span<const uint64_t> sequences, size_t stride,
                         uint32_t* out);

}  // namespace embed

#endif  // EMBED_KERNELS_RANDOM_H_
