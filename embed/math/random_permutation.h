// A pseudo-random permutation of 0 .. size - 1 that is never written down:
// O(1) memory, and any of its values in O(1) time, in any order.
//
// Method: a Feistel network on pairs (left, right) with left < a, right < b
// and addition modulo a and b in turn (J. Black, P. Rogaway, "Ciphers with
// arbitrary finite domains", CT-RSA 2002), where a is the square root of the
// size rounded up and b the least that gives a * b >= size. Values beyond the
// size are sent through the network again ("cycle walking"), which happens to a
// share of 2 / sqrt(size) of them at most. a is even: were both radices odd,
// every round would be an even permutation and half of all orders would never
// appear. Round keys come from a PhiloxStream.
//
// Meant for visiting orders, not for secrets: rounds are as many as pass a
// chi-square test, see RoundsFor() in the source.
#ifndef EMBED_MATH_RANDOM_PERMUTATION_H_
#define EMBED_MATH_RANDOM_PERMUTATION_H_

#include <array>
#include <cstdint>

#include "absl/types/span.h"
#include "embed/base/philox.h"

namespace embed {

// Immutable: any number of threads may read.
class RandomPermutation {
 public:
  // The permutation of [0, size) named by `stream`; size <= 2^63.
  RandomPermutation(uint64_t size, const PhiloxStream& stream);

  // The element at `position` < size().
  uint64_t operator()(uint64_t position) const;

  // out[i] = (*this)(first + i), a few times as fast as one by one;
  // first + out.size() <= size() <= 2^32.
  void Fill(uint64_t first, absl::Span<uint32_t> out) const;

  uint64_t size() const { return size_; }

 private:
  static constexpr int kMaxRounds = 24;

  uint64_t Encipher(uint64_t value) const;

  uint64_t size_;
  uint64_t left_radix_;
  uint64_t right_radix_;
  int rounds_;
  std::array<uint64_t, kMaxRounds> keys_;
};

}  // namespace embed

#endif  // EMBED_MATH_RANDOM_PERMUTATION_H_
