#include "embed/index/saturation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "embed/base/check.h"

namespace embed {
namespace {

// The first `kept` bins with each run that one level stands for made even.
std::vector<double> Leveled(absl::Span<const uint64_t> histogram, size_t kept,
                            size_t levels) {
  std::vector<double> leveled(kept);
  for (size_t level = 0; level < levels; ++level) {
    const size_t begin = level * kept / levels;
    const size_t end = (level + 1) * kept / levels;
    double sum = 0;
    double filled = 0;
    for (size_t bin = begin; bin < end; ++bin) {
      sum += static_cast<double>(histogram[bin]);
      filled += histogram[bin] > 0 ? 1 : 0;
    }
    for (size_t bin = begin; bin < end; ++bin) {
      if (histogram[bin] > 0) leveled[bin] = sum / filled;
    }
  }
  return leveled;
}

double Sum(absl::Span<const uint64_t> bins) {
  double sum = 0;
  for (const uint64_t bin : bins) sum += static_cast<double>(bin);
  return sum;
}

}  // namespace

double SaturationDivergence(absl::Span<const uint64_t> histogram, size_t kept,
                            size_t levels) {
  EMBED_DCHECK(levels > 0 && levels <= kept && kept <= histogram.size());
  const double beyond = Sum(histogram.subspan(kept));
  const double within = Sum(histogram.first(kept));
  const std::vector<double> q = Leveled(histogram, kept, levels);
  double divergence = 0;
  for (size_t bin = 0; bin < kept; ++bin) {
    const double extra = bin + 1 == kept ? beyond : 0;
    const double p =
        (static_cast<double>(histogram[bin]) + extra) / (within + beyond);
    if (!(p > 0)) continue;
    if (q[bin] == 0) return std::numeric_limits<double>::infinity();
    divergence += p * std::log(p * within / q[bin]);
  }
  return divergence;
}

double SaturationThreshold(absl::Span<const uint64_t> histogram,
                           size_t levels) {
  EMBED_DCHECK(levels > 0 && levels <= histogram.size());
  const double all = static_cast<double>(histogram.size());
  if (Sum(histogram) == 0) return all;
  size_t best = histogram.size();
  double least = std::numeric_limits<double>::infinity();
  for (size_t kept = levels; kept <= histogram.size(); ++kept) {
    const double divergence = SaturationDivergence(histogram, kept, levels);
    if (divergence < least) {
      least = divergence;
      best = kept;
    }
  }
  return std::min(static_cast<double>(best) + 0.5, all);
}

}  // namespace embed
