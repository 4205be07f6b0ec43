// The options of negative sampling that every objective has, checked.
#ifndef EMBED_TRAIN_NOISE_OPTIONS_H_
#define EMBED_TRAIN_NOISE_OPTIONS_H_

#include "absl/status/status.h"

namespace embed {

// InvalidArgument with the value: not in 0 .. 1000.
absl::Status CheckNegatives(int negatives);

// InvalidArgument with the value: not finite, or below 0.
absl::Status CheckNoiseExponent(double exponent);

}  // namespace embed

#endif  // EMBED_TRAIN_NOISE_OPTIONS_H_
