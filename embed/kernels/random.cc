#include "embed/kernels/random.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/random.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

void Fill(const PhiloxStream& stream, uint32_t first_block, uint32_t* out,
          size_t size) {
  for (size_t done = 0; done < size; done += 4) {
    const std::array<uint32_t, 4> block =
        stream.Block(first_block + static_cast<uint32_t>(done / 4));
    std::copy_n(block.begin(), std::min<size_t>(4, size - done), out + done);
  }
}

#else  // HWY_TARGET == HWY_SCALAR

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<uint32_t>;
using V = hn::Vec<D>;

// Low and high halves of the 32 x 32 bit products of all lanes of `a` with b,
// whose lanes are all equal.
HWY_INLINE void MultiplyFull(D d, V a, V b, V* low, V* high) {
  const hn::Repartition<uint64_t, D> d64;
  const auto even = hn::MulEven(a, b);
  // The odd lanes moved onto the even ones; all lanes of b are equal.
  const auto odd =
      hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, a))), b);
  const auto mask = hn::Set(d64, 0xFFFFFFFF);
  *low = hn::BitCast(d, hn::Or(hn::And(even, mask), hn::ShiftLeft<32>(odd)));
  *high =
      hn::BitCast(d, hn::Or(hn::ShiftRight<32>(even), hn::AndNot(mask, odd)));
}

// Words of Lanes(d) consecutive blocks, in stream order, to out (4 Lanes(d)).
HWY_INLINE void Blocks(D d, const PhiloxStream& stream, uint32_t first_block,
                       uint32_t* HWY_RESTRICT out) {
  V c0 = hn::Iota(d, first_block);
  V c1 = hn::Set(d, stream.counter[1]);
  V c2 = hn::Set(d, stream.counter[2]);
  V c3 = hn::Set(d, stream.counter[3]);
  const V multiplier0 = hn::Set(d, kPhiloxMultiplier0);
  const V multiplier1 = hn::Set(d, kPhiloxMultiplier1);
  uint32_t key0 = stream.key[0];
  uint32_t key1 = stream.key[1];
  for (int round = 0; round < kPhiloxRounds; ++round) {
    V low0, high0, low1, high1;
    MultiplyFull(d, c0, multiplier0, &low0, &high0);
    MultiplyFull(d, c2, multiplier1, &low1, &high1);
    c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, key0));
    c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, key1));
    c1 = low1;
    c3 = low0;
    key0 += kPhiloxWeyl0;
    key1 += kPhiloxWeyl1;
  }
  hn::StoreInterleaved4(c0, c1, c2, c3, d, out);
}

void Fill(const PhiloxStream& stream, uint32_t first_block, uint32_t* out,
          size_t size) {
  const D d;
  const size_t words = 4 * hn::Lanes(d);
  size_t done = 0;
  for (; done + words <= size; done += words) {
    Blocks(d, stream, first_block + static_cast<uint32_t>(done / 4),
           out + done);
  }
  if (done < size) {
    HWY_ALIGN uint32_t rest[4 * hn::MaxLanes(d)];
    Blocks(d, stream, first_block + static_cast<uint32_t>(done / 4), rest);
    std::copy(rest, rest + (size - done), out + done);
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Fill);

void FillRandom(const PhiloxStream& stream, uint32_t first_block,
                absl::Span<uint32_t> out) {
  HWY_DYNAMIC_DISPATCH(Fill)(stream, first_block, out.data(), out.size());
}

}  // namespace embed
#endif  // HWY_ONCE
