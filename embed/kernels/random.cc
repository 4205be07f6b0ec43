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

void FillOfStreams(const PhiloxStream& stream, uint32_t first_block,
                   uint32_t num_blocks, absl::Span<const uint64_t> sequences,
                   size_t stride, uint32_t* out) {
  PhiloxStream one = stream;
  for (size_t i = 0; i < sequences.size(); ++i) {
    one.counter[2] = static_cast<uint32_t>(sequences[i]);
    one.counter[3] = static_cast<uint32_t>(sequences[i] >> 32);
    for (size_t k = 0; k < num_blocks; ++k) {
      const std::array<uint32_t, 4> words =
          one.Block(first_block + static_cast<uint32_t>(k));
      for (size_t j = 0; j < 4; ++j) out[(4 * k + j) * stride + i] = words[j];
    }
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

using D64 = hn::Repartition<uint64_t, D>;
using V64 = hn::Vec<D64>;

// The counters of one stream in each lane of 64 bits. Only the lower halves
// count: multiplications read no others, and nothing comes down from the upper.
struct Counters {
  V64 c0, c1, c2, c3;

  HWY_INLINE void Round(V64 key0, V64 key1) {
    const D d;
    const V64 product0 =
        hn::MulEven(hn::BitCast(d, c0), hn::Set(d, kPhiloxMultiplier0));
    const V64 product1 =
        hn::MulEven(hn::BitCast(d, c2), hn::Set(d, kPhiloxMultiplier1));
    c0 = hn::Xor3(hn::ShiftRight<32>(product1), c1, key0);
    c2 = hn::Xor3(hn::ShiftRight<32>(product0), c3, key1);
    c1 = product1;
    c3 = product0;
  }
};

HWY_INLINE Counters StartOfBlock(const PhiloxStream& stream, uint32_t block,
                                 const uint64_t* HWY_RESTRICT sequences) {
  const D64 d64;
  const V64 sequence = hn::LoadU(d64, sequences);
  return {hn::Set(d64, block), hn::Set(d64, stream.counter[1]), sequence,
          hn::ShiftRight<32>(sequence)};
}

// The two keys of each round in all lanes, made once for many blocks: to load
// one costs less than to spread it.
class RoundKeys {
 public:
  explicit RoundKeys(const PhiloxStream& stream) {
    uint32_t key0 = stream.key[0];
    uint32_t key1 = stream.key[1];
    for (size_t round = 0; round < kPhiloxRounds; ++round) {
      hn::Store(hn::Set(D64(), key0), D64(), keys_ + 2 * round * kLanes);
      hn::Store(hn::Set(D64(), key1), D64(), keys_ + (2 * round + 1) * kLanes);
      key0 += kPhiloxWeyl0;
      key1 += kPhiloxWeyl1;
    }
  }

  HWY_INLINE V64 key0(size_t round) const {
    return hn::Load(D64(), keys_ + 2 * round * kLanes);
  }
  HWY_INLINE V64 key1(size_t round) const {
    return hn::Load(D64(), keys_ + (2 * round + 1) * kLanes);
  }

 private:
  static constexpr size_t kLanes = hn::MaxLanes(D64());

  HWY_ALIGN uint64_t keys_[size_t{2} * kPhiloxRounds * kLanes];
};

// kBlocks consecutive blocks of each of Lanes(D()) sequences.
template <size_t kBlocks>
HWY_INLINE void BlocksOfVector(const PhiloxStream& stream,
                               const RoundKeys& keys, uint32_t block,
                               const uint64_t* HWY_RESTRICT sequences,
                               size_t stride, uint32_t* HWY_RESTRICT out) {
  const D d;
  const size_t half = hn::Lanes(D64());
  Counters a[kBlocks];
  Counters b[kBlocks];
  for (size_t k = 0; k < kBlocks; ++k) {
    const uint32_t number = block + static_cast<uint32_t>(k);
    a[k] = StartOfBlock(stream, number, sequences);
    b[k] = StartOfBlock(stream, number, sequences + half);
  }
  for (size_t round = 0; round < kPhiloxRounds; ++round) {
    for (size_t k = 0; k < kBlocks; ++k) {
      a[k].Round(keys.key0(round), keys.key1(round));
      b[k].Round(keys.key0(round), keys.key1(round));
    }
  }
  const auto store = [&](V64 low, V64 high, size_t word) {
    hn::StoreU(hn::ConcatEven(d, hn::BitCast(d, high), hn::BitCast(d, low)), d,
               out + word * stride);
  };
  for (size_t k = 0; k < kBlocks; ++k) {
    store(a[k].c0, b[k].c0, 4 * k);
    store(a[k].c1, b[k].c1, 4 * k + 1);
    store(a[k].c2, b[k].c2, 4 * k + 2);
    store(a[k].c3, b[k].c3, 4 * k + 3);
  }
}

// kBlocks consecutive blocks of each stream.
template <size_t kBlocks>
HWY_INLINE void BlocksOfStreams(const PhiloxStream& stream,
                                const RoundKeys& keys, uint32_t block,
                                absl::Span<const uint64_t> sequences,
                                size_t stride, uint32_t* out) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t done = 0;
  for (; done + lanes <= sequences.size(); done += lanes) {
    BlocksOfVector<kBlocks>(stream, keys, block, sequences.data() + done,
                            stride, out + done);
  }
  const size_t left = sequences.size() - done;
  if (left == 0) return;
  HWY_ALIGN uint64_t rest[hn::MaxLanes(d)] = {};
  HWY_ALIGN uint32_t words[4 * kBlocks * hn::MaxLanes(d)];
  std::copy_n(sequences.data() + done, left, rest);
  BlocksOfVector<kBlocks>(stream, keys, block, rest, lanes, words);
  for (size_t j = 0; j < 4 * kBlocks; ++j) {
    std::copy_n(words + j * lanes, left, out + j * stride + done);
  }
}

// The rounds of one block wait for each other. Those of two overlap, where the
// registers, 32 of them, hold the counters of both.
constexpr size_t kBlocksAtOnce = HWY_TARGET <= HWY_AVX3 ? 2 : 1;

void FillOfStreams(const PhiloxStream& stream, uint32_t first_block,
                   uint32_t num_blocks, absl::Span<const uint64_t> sequences,
                   size_t stride, uint32_t* out) {
  const RoundKeys keys(stream);
  size_t done = 0;
  const auto number = [&] { return first_block + static_cast<uint32_t>(done); };
  for (; done + kBlocksAtOnce <= num_blocks; done += kBlocksAtOnce) {
    BlocksOfStreams<kBlocksAtOnce>(stream, keys, number(), sequences, stride,
                                   out + 4 * done * stride);
  }
  for (; done < num_blocks; ++done) {
    BlocksOfStreams<1>(stream, keys, number(), sequences, stride,
                       out + 4 * done * stride);
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
HWY_EXPORT(FillOfStreams);

void FillRandom(const PhiloxStream& stream, uint32_t first_block,
                absl::Span<uint32_t> out) {
  HWY_DYNAMIC_DISPATCH(Fill)(stream, first_block, out.data(), out.size());
}

void FillRandomOfStreams(const PhiloxStream& stream, uint32_t first_block,
                         uint32_t num_blocks,
                         absl::Span<const uint64_t> sequences, size_t stride,
                         uint32_t* out) {
  HWY_DYNAMIC_DISPATCH(FillOfStreams)
  (stream, first_block, num_blocks, sequences, stride, out);
}

}  // namespace embed
#endif  // HWY_ONCE
