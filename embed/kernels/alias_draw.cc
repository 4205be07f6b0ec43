#include "embed/kernels/alias_draw.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/alias_draw.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace {

void Draw(absl::Span<const AliasEntry> entries, const uint32_t* words,
          absl::Span<uint32_t> out) {
  size_t done = 0;
#if HWY_TARGET != HWY_SCALAR
  namespace hn = hwy::HWY_NAMESPACE;
  // A lane holds both words of a draw, then the entry they lead to.
  const hn::ScalableTag<uint64_t> d;
  const hn::Repartition<uint32_t, decltype(d)> d32;
  const hn::Rebind<int64_t, decltype(d)> di;
  const size_t lanes = hn::Lanes(d);
  const auto size = hn::Set(d32, static_cast<uint32_t>(entries.size()));
  const auto low = hn::Set(d, 0xFFFFFFFF);
  const auto* table = reinterpret_cast<const uint64_t*>(entries.data());
  for (; done + lanes <= out.size(); done += lanes) {
    const auto pair = hn::LoadU(d32, words + 2 * done);
    // The even 32-bit lanes hold the index words.
    const auto index = hn::ShiftRight<32>(hn::MulEven(pair, size));
    const auto entry = hn::GatherIndex(d, table, hn::BitCast(di, index));
    const auto word = hn::ShiftRight<32>(hn::BitCast(d, pair));
    const auto own =
        hn::Lt(hn::BitCast(di, word), hn::BitCast(di, hn::And(entry, low)));
    const auto drawn = hn::IfThenElse(hn::RebindMask(d, own), index,
                                      hn::ShiftRight<32>(entry));
    const auto packed =
        hn::ConcatEven(d32, hn::BitCast(d32, drawn), hn::BitCast(d32, drawn));
    const hn::Half<decltype(d32)> half;
    hn::StoreU(hn::LowerHalf(half, packed), half, out.data() + done);
  }
#endif
  for (; done < out.size(); ++done) {
    out[done] = DrawAlias(entries, words[2 * done], words[2 * done + 1]);
  }
}

}  // namespace
// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Draw);

void DrawAliases(absl::Span<const AliasEntry> entries,
                 absl::Span<const uint32_t> words, absl::Span<uint32_t> out) {
  static_assert(sizeof(AliasEntry) == sizeof(uint64_t),
                "an entry is read as one number, the threshold its low half");
  HWY_DYNAMIC_DISPATCH(Draw)(entries, words.data(), out);
}

}  // namespace embed
#endif  // HWY_ONCE
