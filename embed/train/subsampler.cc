#include "embed/train/subsampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace embed {

absl::StatusOr<Subsampler> Subsampler::Create(absl::Span<const uint64_t> counts,
                                              double threshold) {
  if (!std::isfinite(threshold) || threshold < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "subsample is ", threshold, ", expected a number of 0 or more"));
  }
  Subsampler subsampler;
  if (threshold == 0) return subsampler;
  const double total = static_cast<double>(
      std::accumulate(counts.begin(), counts.end(), uint64_t{0}));
  subsampler.limits_.reserve(counts.size());
  for (const uint64_t count : counts) {
    const double ratio = threshold * total / static_cast<double>(count);
    const double keep = std::sqrt(ratio) + ratio;
    // A count of 0 gives an infinite ratio: kept.
    subsampler.limits_.push_back(keep < 1
                                     ? static_cast<uint32_t>(std::max(
                                           0.0, std::ceil(keep * 0x1.0p32) - 1))
                                     : UINT32_MAX);
  }
  return subsampler;
}

}  // namespace embed
