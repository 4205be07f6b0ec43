#include "embed/eval/partition_metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "embed/base/check.h"

namespace embed {
namespace {

// How many things each part has, and each pair of parts. Ordered, so that sums
// are always added up the same way.
struct Contingency {
  Contingency(absl::Span<const uint32_t> a, absl::Span<const uint32_t> b)
      : size(static_cast<double>(a.size())) {
    EMBED_DCHECK(a.size() == b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      ++in_a[a[i]];
      ++in_b[b[i]];
      ++in_both[{a[i], b[i]}];
    }
  }

  double size;
  std::map<uint32_t, double> in_a;
  std::map<uint32_t, double> in_b;
  std::map<std::pair<uint32_t, uint32_t>, double> in_both;
};

double Entropy(const std::map<uint32_t, double>& parts, double size) {
  double sum = 0;
  for (const auto& [part, count] : parts) {
    sum -= count / size * std::log(count / size);
  }
  return sum;
}

// Ordered pairs of things in one part.
template <typename Parts>
double PairsTogether(const Parts& parts) {
  double sum = 0;
  for (const auto& [part, count] : parts) sum += count * (count - 1);
  return sum;
}

}  // namespace

double NormalizedMutualInformation(absl::Span<const uint32_t> a,
                                   absl::Span<const uint32_t> b) {
  const Contingency counts(a, b);
  if (counts.in_a.size() <= 1 && counts.in_b.size() <= 1) return 1;
  double information = 0;
  for (const auto& [parts, count] : counts.in_both) {
    const double by_chance =
        counts.in_a.at(parts.first) * counts.in_b.at(parts.second);
    information +=
        count / counts.size * std::log(counts.size * count / by_chance);
  }
  const double entropies =
      Entropy(counts.in_a, counts.size) + Entropy(counts.in_b, counts.size);
  return std::clamp(2 * information / entropies, 0.0, 1.0);
}

double AdjustedRandIndex(absl::Span<const uint32_t> a,
                         absl::Span<const uint32_t> b) {
  const Contingency counts(a, b);
  const double tp = PairsTogether(counts.in_both);
  const double fn = PairsTogether(counts.in_a) - tp;
  const double fp = PairsTogether(counts.in_b) - tp;
  const double tn = counts.size * (counts.size - 1) - tp - fn - fp;
  if (fn == 0 && fp == 0) return 1;
  return 2 * (tp * tn - fn * fp) /
         ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn));
}

}  // namespace embed
