#include "embed/train/noise_options.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace embed {

absl::Status CheckNegatives(int negatives) {
  if (negatives >= 0 && negatives <= 1000) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("negatives is ", negatives, ", expected 0 to 1000"));
}

absl::Status CheckNoiseExponent(double exponent) {
  if (std::isfinite(exponent) && exponent >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "noise_exponent is ", exponent, ", expected a number of 0 or more"));
}

}  // namespace embed
