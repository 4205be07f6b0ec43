#include "embed/kernels/half_rows.h"

#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/half_rows.cc"
#include "hwy/foreach_target.h"
// Highway's order of inclusion: after foreach_target.h.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX3 || \
    HWY_TARGET == HWY_AVX2

HalfSums Dot(const double* values, const uint16_t* row, size_t groups) {
  const hn::CappedTag<double, 4> df;
  const hn::Rebind<float, decltype(df)> d32;
  const hn::Rebind<hwy::float16_t, decltype(df)> d16;
  auto dots = hn::Zero(df);
  auto squares = hn::Zero(df);
  for (size_t g = 0; g < groups; ++g) {
    const auto half =
        hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(row + 4 * g));
    const auto number = hn::PromoteTo(df, hn::PromoteTo(d32, half));
    dots = hn::MulAdd(hn::LoadU(df, values + 4 * g), number, dots);
    squares = hn::MulAdd(number, number, squares);
  }
  double dot[4];
  double squared[4];
  hn::StoreU(dots, df, dot);
  hn::StoreU(squares, df, squared);
  return {(dot[0] + dot[1]) + (dot[2] + dot[3]),
          (squared[0] + squared[1]) + (squared[2] + squared[3])};
}

#else  // any other target: loops that the compiler may vectorise

HalfSums Dot(const double* values, const uint16_t* row, size_t groups) {
  double dot[4] = {};
  double squared[4] = {};
  for (size_t g = 0; g < groups; ++g) {
    for (size_t j = 0; j < 4; ++j) {
      const double number = HalfToFloat(row[4 * g + j]);
      dot[j] += values[4 * g + j] * number;
      squared[j] += number * number;
    }
  }
  return {(dot[0] + dot[1]) + (dot[2] + dot[3]),
          (squared[0] + squared[1]) + (squared[2] + squared[3])};
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {
namespace {

constexpr uint32_t kFloatInfinity = 0x7F800000;
constexpr uint16_t kHalfInfinity = 0x7C00;

}  // namespace

HWY_EXPORT(Dot);

uint16_t FloatToHalf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  const uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
  bits &= 0x7FFFFFFF;
  if (bits > kFloatInfinity) return sign | kHalfInfinity | 0x200;
  constexpr uint32_t kTwoTo16 = 0x47800000;
  if (bits >= kTwoTo16) return sign | kHalfInfinity;
  constexpr uint32_t kLeastNormal = 0x38800000;  // 2^-14
  if (bits < kLeastNormal) {
    // Multiples of 2^-24; 1,024 of them are the least normal number's bits.
    const double units = std::nearbyint(std::abs(double{value}) * 0x1p24);
    return static_cast<uint16_t>(sign | static_cast<uint16_t>(units));
  }
  // Half of what is cut off, or just less for an even result.
  bits += 0xFFF + (bits >> 13 & 1);
  return static_cast<uint16_t>(sign | (bits - (uint32_t{112} << 23)) >> 13);
}

float HalfToFloat(uint16_t half) {
  uint32_t bits = static_cast<uint32_t>(half & 0x7FFF) << 13;
  float value;
  if ((half & kHalfInfinity) == kHalfInfinity) {
    bits |= kFloatInfinity;
    std::memcpy(&value, &bits, sizeof(value));
  } else {
    // The exponents' offsets differ by 112.
    std::memcpy(&value, &bits, sizeof(value));
    value *= 0x1p112f;
  }
  return (half & 0x8000) != 0 ? -value : value;
}

HalfSums DotValuesHalf(const double* values, const uint16_t* row,
                       size_t groups) {
  return HWY_DYNAMIC_DISPATCH(Dot)(values, row, groups);
}

}  // namespace embed
#endif  // HWY_ONCE
