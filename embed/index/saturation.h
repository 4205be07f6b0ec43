// Where to cut values off before they are rounded to 127 steps a side, from a
// histogram of their magnitudes: the calibration of TensorRT (S. Migacz, "8-bit
// inference with TensorRT", GTC 2017, S7310).
//
// For each number of bins i from the number of levels up to all: P is the first
// i bins, what lies beyond added to the last of them; Q is those bins, without
// that, each run of i / levels of them replaced by its mean over the bins that
// are not empty. The i of the least Kullback-Leibler divergence of P from Q,
// both scaled to a sum of 1, counts; the threshold is the middle of bin i.
#ifndef EMBED_INDEX_SATURATION_H_
#define EMBED_INDEX_SATURATION_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace embed {

constexpr size_t kSaturationBins = 2048;
constexpr size_t kSaturationLevels = 128;

// The divergence of P from Q for the first `kept` bins, levels <= kept <= all;
// infinite where a bin of Q is empty and that of P is not.
double SaturationDivergence(absl::Span<const uint64_t> histogram, size_t kept,
                            size_t levels);

// The threshold in bins, `levels` or more of them: i + 1/2, or all bins if that
// is less. All bins if the histogram is empty.
double SaturationThreshold(absl::Span<const uint64_t> histogram, size_t levels);

}  // namespace embed

#endif  // EMBED_INDEX_SATURATION_H_
