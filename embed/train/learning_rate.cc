#include "embed/train/learning_rate.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace embed {
namespace {

constexpr double kPi = 3.14159265358979323846;

}  // namespace

absl::Status LearningRate::Validate() const {
  if (!(rate > 0) || !std::isfinite(rate)) {
    return absl::InvalidArgumentError(
        absl::StrCat("learning_rate is ", rate, ", expected a number above 0"));
  }
  if (!(floor >= 0 && floor <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the floor of learning_rate is ", floor, ", expected 0 to 1"));
  }
  return absl::OkStatus();
}

double LearningRate::At(double done) const {
  switch (shape) {
    case RateShape::kLinear:
      return rate * std::max(floor, 1 - done);
    case RateShape::kCosine:
      return rate * std::max(floor, (1 + std::cos(kPi * done)) / 2);
    case RateShape::kConstant:
      break;
  }
  return rate;
}

}  // namespace embed
