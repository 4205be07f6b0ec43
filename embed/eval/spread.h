// The mean of repeated measurements and how far they lie apart.
#ifndef EMBED_EVAL_SPREAD_H_
#define EMBED_EVAL_SPREAD_H_

#include "absl/types/span.h"

namespace embed {

// A mean with the sample standard deviation (divided by n - 1; NaN if n = 1).
struct Spread {
  double mean = 0.0;
  double deviation = 0.0;
};

// NaN without values.
Spread SpreadOf(absl::Span<const double> values);

}  // namespace embed

#endif  // EMBED_EVAL_SPREAD_H_
