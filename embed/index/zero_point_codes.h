// Codes with a zero point: y = step (code - zero) of codes 0 .. 255, in which 0
// is exact (Jacob et al., "Quantization and training of neural networks for
// efficient integer-arithmetic-only inference", CVPR 2018).
//
//   low = min(0, min y), high = max(0, max y)
//   step = (high - low) / 255, zero = round(-low / step)
#ifndef EMBED_INDEX_ZERO_POINT_CODES_H_
#define EMBED_INDEX_ZERO_POINT_CODES_H_

#include <cstdint>

#include "absl/types/span.h"

namespace embed {

struct ZeroPointStep {
  float step = 0;  // 0 for a row of zeros
  int zero = 0;    // 0 .. 255
};

// Writes the codes of y, as many and finite, each less by 128. Thread-safe.
ZeroPointStep EncodeZeroPoint(absl::Span<const float> y,
                              absl::Span<int8_t> codes);

}  // namespace embed

#endif  // EMBED_INDEX_ZERO_POINT_CODES_H_
