// Codes around 0 with a step for each row: y = step code.
#ifndef EMBED_INDEX_SYMMETRIC_CODES_H_
#define EMBED_INDEX_SYMMETRIC_CODES_H_

#include <cstdint>

#include "absl/types/span.h"

namespace embed {

// All write codes for y, as many and finite, and return the step. Rows of
// zeros, or of numbers so small that the step vanishes, have step and codes 0.
// Thread-safe.

// step = max |y| / 127: nothing is cut off.
float EncodePlain(absl::Span<const float> y, absl::Span<int8_t> codes);

// step = 2^(ceil(log2 max |y|) - 7): a fixed point with as many bits behind it
// as the largest value leaves; a code that would be 128 becomes 127.
float EncodePowerOfTwo(absl::Span<const float> y, absl::Span<int8_t> codes);

// The given step, above 0; values beyond 127 steps are cut off.
void EncodeSaturating(absl::Span<const float> y, float step,
                      absl::Span<int8_t> codes);

// Codes -7 .. 7. Of steps from max |y| / 7 down to half of that, the one of the
// least squared error: with so few codes it pays to cut off a few values.
float EncodeInt4(absl::Span<const float> y, absl::Span<int8_t> codes);

}  // namespace embed

#endif  // EMBED_INDEX_SYMMETRIC_CODES_H_
