#include "embed/index/zero_point_codes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace embed {
namespace {

constexpr double kMostUnsignedCode = 255;
constexpr int kOffset = 128;  // written = code - 128

}  // namespace

ZeroPointStep EncodeZeroPoint(absl::Span<const float> y,
                              absl::Span<int8_t> codes) {
  double low = 0;
  double high = 0;
  for (const float value : y) {
    low = std::min(low, double{value});
    high = std::max(high, double{value});
  }
  ZeroPointStep result;
  result.step = static_cast<float>((high - low) / kMostUnsignedCode);
  if (result.step == 0) {
    std::fill(codes.begin(), codes.end(), static_cast<int8_t>(-kOffset));
    return result;
  }
  const double step = result.step;
  const double zero =
      std::clamp(std::nearbyint(-low / step), 0.0, kMostUnsignedCode);
  result.zero = static_cast<int>(zero);
  for (size_t j = 0; j < y.size(); ++j) {
    const double code =
        std::clamp(std::nearbyint(y[j] / step) + zero, 0.0, kMostUnsignedCode);
    codes[j] = static_cast<int8_t>(static_cast<int>(code) - kOffset);
  }
  return result;
}

}  // namespace embed
