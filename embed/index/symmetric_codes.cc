#include "embed/index/symmetric_codes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace embed {
namespace {

constexpr float kMostInt8 = 127;
constexpr float kMostInt4 = 7;
// Clips that are tried at 4 bits, in 32nds of the largest value.
constexpr int kLeastClip = 16;
constexpr int kClips = 32;

float Largest(absl::Span<const float> y) {
  float largest = 0;
  for (const float value : y) largest = std::max(largest, std::abs(value));
  return largest;
}

// What `step` makes of a value, ties to even.
float Code(float value, float step, float most) {
  return std::clamp(std::nearbyint(value / step), -most, most);
}

// A step of 0 gives codes of 0.
float Encode(absl::Span<const float> y, float step, float most,
             absl::Span<int8_t> codes) {
  for (size_t j = 0; j < y.size(); ++j) {
    codes[j] = step > 0 ? static_cast<int8_t>(Code(y[j], step, most)) : 0;
  }
  return step;
}

double SquaredError(absl::Span<const float> y, float step, float most) {
  double sum = 0;
  for (const float value : y) {
    const double error = value - double{step} * Code(value, step, most);
    sum += error * error;
  }
  return sum;
}

}  // namespace

float EncodePlain(absl::Span<const float> y, absl::Span<int8_t> codes) {
  return Encode(y, Largest(y) / kMostInt8, kMostInt8, codes);
}

float EncodePowerOfTwo(absl::Span<const float> y, absl::Span<int8_t> codes) {
  const float largest = Largest(y);
  if (largest == 0) return Encode(y, 0, kMostInt8, codes);
  int exponent = 0;
  // largest = fraction 2^exponent, fraction in [1/2, 1).
  const float fraction = std::frexp(largest, &exponent);
  if (fraction == 0.5f) --exponent;
  return Encode(y, std::ldexp(1.0f, exponent - 7), kMostInt8, codes);
}

void EncodeSaturating(absl::Span<const float> y, float step,
                      absl::Span<int8_t> codes) {
  Encode(y, step, kMostInt8, codes);
}

float EncodeInt4(absl::Span<const float> y, absl::Span<int8_t> codes) {
  const float largest = Largest(y);
  float best = largest / kMostInt4;
  if (best == 0) return Encode(y, 0, kMostInt4, codes);
  double least = SquaredError(y, best, kMostInt4);
  for (int clip = kClips - 1; clip >= kLeastClip; --clip) {
    const float step =
        largest * (static_cast<float>(clip) / kClips) / kMostInt4;
    if (step == 0) break;
    const double error = SquaredError(y, step, kMostInt4);
    if (error < least) {
      least = error;
      best = step;
    }
  }
  return Encode(y, best, kMostInt4, codes);
}

}  // namespace embed
