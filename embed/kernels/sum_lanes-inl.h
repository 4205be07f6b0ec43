// Sums the lanes of many vectors at once.
#if defined(EMBED_KERNELS_SUM_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EMBED_KERNELS_SUM_LANES_INL_H_
#undef EMBED_KERNELS_SUM_LANES_INL_H_
#else
#define EMBED_KERNELS_SUM_LANES_INL_H_
#endif

#include <hwy/highway.h>

#include "embed/kernels/row_scores-inl.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
// In each 128-bit block, partial sums of (a, b, c, d).
HWY_INLINE RowVector SumBlocks(RowVector a, RowVector b, RowVector c,
                               RowVector d) {
  const RowTag df;
  const hn::RepartitionToWide<RowTag> dd;
  const RowVector ab =
      hn::Add(hn::InterleaveLower(df, a, b), hn::InterleaveUpper(df, a, b));
  const RowVector cd =
      hn::Add(hn::InterleaveLower(df, c, d), hn::InterleaveUpper(df, c, d));
  const auto ab2 = hn::BitCast(dd, ab);
  const auto cd2 = hn::BitCast(dd, cd);
  return hn::Add(hn::BitCast(df, hn::InterleaveLower(dd, ab2, cd2)),
                 hn::BitCast(df, hn::InterleaveUpper(dd, ab2, cd2)));
}

// The lower half sums the halves of a, the upper half those of b.
template <class DX>
HWY_INLINE hn::Vec<DX> SumHalves(DX d, hn::Vec<DX> a, hn::Vec<DX> b) {
  return hn::Add(hn::ConcatLowerLower(d, b, a), hn::ConcatUpperUpper(d, b, a));
}
#endif  // HWY_TARGET != HWY_SCALAR

// Lane i is the sum of the lanes of sums[i]; lanes from kCount on hold
// anything.
template <int kCount>
HWY_INLINE RowVector SumLanes(const RowVector* sums) {
#if HWY_TARGET == HWY_SCALAR
  return sums[0];
#else
  const RowTag d;
  const RowVector zero = hn::Zero(d);
  RowVector blocks[4];
  HWY_UNROLL(4)
  for (int i = 0; i < 4; ++i) {
    const int k = 4 * i;
    if (k < kCount) {
      blocks[i] = SumBlocks(sums[k], k + 1 < kCount ? sums[k + 1] : zero,
                            k + 2 < kCount ? sums[k + 2] : zero,
                            k + 3 < kCount ? sums[k + 3] : zero);
    } else {
      blocks[i] = blocks[0];
    }
  }
#if HWY_MAX_BYTES >= 64
  if constexpr (kCount <= 8) {
    const hn::Half<RowTag> dh;
    const auto low =
        hn::Add(hn::LowerHalf(dh, blocks[0]), hn::UpperHalf(dh, blocks[0]));
    const auto high =
        hn::Add(hn::LowerHalf(dh, blocks[1]), hn::UpperHalf(dh, blocks[1]));
    return hn::ZeroExtendVector(d, SumHalves(dh, low, high));
  } else {
    // Blocks 0+2 and 1+3 of each pair, then those two, in order 0 1 2 3.
    const RowVector even = SumHalves(d, blocks[0], blocks[2]);
    const RowVector odd = SumHalves(d, blocks[1], blocks[3]);
    return hn::Add(hn::OddEvenBlocks(odd, even),
                   hn::SwapAdjacentBlocks(hn::OddEvenBlocks(even, odd)));
  }
#elif HWY_MAX_BYTES >= 32
  return SumHalves(d, blocks[0], blocks[1]);
#else
  return blocks[0];
#endif
#endif  // HWY_TARGET == HWY_SCALAR
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#endif  // include guard per target
