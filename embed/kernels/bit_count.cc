#include "embed/kernels/bit_count.h"

#include <cstddef>

#include "embed/base/check.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/bit_count.cc"
#include "hwy/foreach_target.h"
// Highway's order of inclusion: after foreach_target.h.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

uint64_t CountWords(const uint64_t* words, size_t size) {
  const hn::ScalableTag<uint64_t> d;
  auto counts = hn::Zero(d);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) {
    counts = hn::Add(counts, hn::PopulationCount(hn::LoadU(d, words + i)));
  }
  uint64_t count = hn::GetLane(hn::SumOfLanes(d, counts));
  for (; i < size; ++i) {
    count += static_cast<uint64_t>(__builtin_popcountll(words[i]));
  }
  return count;
}

}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(CountWords);

uint64_t CountBits(absl::Span<const uint64_t> bits, uint64_t begin,
                   uint64_t end) {
  EMBED_DCHECK(begin <= end && end <= bits.size() * 64);
  if (begin == end) return 0;
  const uint64_t first = begin / 64;
  const uint64_t last = (end - 1) / 64;
  const uint64_t from_begin = ~uint64_t{0} << (begin % 64);
  const uint64_t to_end = ~uint64_t{0} >> (63 - (end - 1) % 64);
  const auto count = [](uint64_t word) {
    return static_cast<uint64_t>(__builtin_popcountll(word));
  };
  if (first == last) return count(bits[first] & from_begin & to_end);
  return count(bits[first] & from_begin) + count(bits[last] & to_end) +
         HWY_DYNAMIC_DISPATCH(CountWords)(bits.data() + first + 1,
                                          last - first - 1);
}

}  // namespace embed
#endif  // HWY_ONCE
