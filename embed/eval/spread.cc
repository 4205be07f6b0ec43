#include "embed/eval/spread.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace embed {

Spread SpreadOf(absl::Span<const double> values) {
  const double count = static_cast<double>(values.size());
  Spread spread;
  spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) {
    squares += (value - spread.mean) * (value - spread.mean);
  }
  spread.deviation = values.size() > 1
                         ? std::sqrt(squares / (count - 1))
                         : std::numeric_limits<double>::quiet_NaN();
  return spread;
}

}  // namespace embed
