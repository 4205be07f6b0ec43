// Size arithmetic that cannot wrap: every size read from a file or computed
// from a user's options goes through here before memory is asked for.
#ifndef EMBED_BASE_CHECKED_MATH_H_
#define EMBED_BASE_CHECKED_MATH_H_

#include <cstdint>

namespace embed {

// *result = a * b (or a + b). Returns false, leaving *result unspecified, when
// the result does not fit 64 bits.
[[nodiscard]] inline bool CheckedMultiply(uint64_t a, uint64_t b,
                                          uint64_t* result) {
  return !__builtin_mul_overflow(a, b, result);
}
[[nodiscard]] inline bool CheckedAdd(uint64_t a, uint64_t b, uint64_t* result) {
  return !__builtin_add_overflow(a, b, result);
}

// a * b (or a + b), or 2^64 - 1 where that does not fit: for sizes that are
// only compared with what there is.
[[nodiscard]] constexpr uint64_t SaturatingMultiply(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}
[[nodiscard]] constexpr uint64_t SaturatingAdd(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

// The smallest multiple of `alignment` (a power of two) not below `value`;
// value must be at most 2^64 - alignment.
constexpr uint64_t RoundUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace embed

#endif  // EMBED_BASE_CHECKED_MATH_H_
