#include "embed/eval/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
// After <cmath>, which it needs and does not include.
#include <boost/math/statistics/bivariate_statistics.hpp>

#include "embed/base/check.h"

namespace embed {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

bool AllEqual(absl::Span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [&](double value) { return value == values[0]; });
}

}  // namespace

std::vector<double> AverageRanks(absl::Span<const double> values) {
  std::vector<double> ranks(values.size(), kUndefined);
  // NaN has no place in an order, and sorting by it is undefined behavior.
  if (std::any_of(values.begin(), values.end(),
                  [](double value) { return std::isnan(value); })) {
    return ranks;
  }
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return values[a] < values[b]; });
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    // The ranks begin + 1 .. end, which the equal values share.
    const double rank = 0.5 * static_cast<double>(begin + 1 + end);
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

double PearsonCorrelation(absl::Span<const double> x,
                          absl::Span<const double> y) {
  EMBED_DCHECK(x.size() == y.size());
  // Boost takes a constant for correlated (1) or uncorrelated (0); neither is.
  if (x.size() < 2 || AllEqual(x) || AllEqual(y)) return kUndefined;
  return boost::math::statistics::correlation_coefficient(x, y);
}

double SpearmanCorrelation(absl::Span<const double> x,
                           absl::Span<const double> y) {
  return PearsonCorrelation(AverageRanks(x), AverageRanks(y));
}

}  // namespace embed
