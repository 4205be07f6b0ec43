// Scores of a tile: kQueries queries against kBlocks blocks of 16 rows, kept in
// registers. Included once per CPU target by int8_scan.cc only.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "embed/kernels/int8_scan.h"
#include "hwy/cache_control.h"
#include "hwy/highway.h"

#if defined(EMBED_KERNELS_INT8_SCAN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef EMBED_KERNELS_INT8_SCAN_INL_H_
#undef EMBED_KERNELS_INT8_SCAN_INL_H_
#else
#define EMBED_KERNELS_INT8_SCAN_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Unrolled loops keep the accumulators in registers.
#define EMBED_UNROLL _Pragma("GCC unroll 16")

constexpr size_t kBlockRows = kInt8BlockRows;
constexpr size_t kGroupBytes = kInt8BlockRows * kInt8GroupColumns;
// Far enough ahead to hide memory latency behind the few operations that one
// to four queries spend on a cache line.
constexpr size_t kPrefetchBytes = 2048;

// The queries of a tile, packed for the inner loop.
struct TileQueries {
  const int32_t* words;         // [groups][queries][kWordsPerGroup]
  const int32_t* corrections;   // [queries] -128 * sum of the query's codes
  const float* offset_factors;  // [queries]
  const float* thresholds;      // [queries]
};

// Where the rows of a tile lie.
struct TileRows {
  const uint8_t* codes;
  const float* multipliers;
  const float* offsets;
  size_t groups;
};

// For each query and block, in this order: a mask of the rows whose score is
// above the query's threshold, and the scores of all 16 rows.
struct TileScores {
  uint16_t* masks;
  float* scores;
};

inline int32_t PackWord(int low, int high) {
  return static_cast<int32_t>((static_cast<uint32_t>(high) << 16) |
                              (static_cast<uint32_t>(low) & 0xFFFF));
}

#if HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX3 || \
    HWY_TARGET == HWY_AVX2

using Int32 = hn::CappedTag<int32_t, kBlockRows>;
using Int16 = hn::Repartition<int16_t, Int32>;
using Float = hn::RebindToFloat<Int32>;
using Int32Vec = hn::Vec<Int32>;

constexpr size_t kLanes = HWY_TARGET == HWY_AVX2 ? 8 : 16;
constexpr size_t kVectors = kBlockRows / kLanes;  // for one block

#if HWY_TARGET == HWY_AVX3_DL

// 24 accumulators, 2 registers of rows, 1 of a query.
constexpr size_t kMaxTileQueries = 12;
constexpr size_t kTileBlocks = 2;
constexpr size_t kWordsPerGroup = 1;

inline void PackGroup(const int8_t* codes, int32_t* words) {
  const uint32_t low = static_cast<uint32_t>(PackWord(
      static_cast<uint8_t>(codes[0]) | static_cast<uint8_t>(codes[1]) << 8, 0));
  const uint32_t high = static_cast<uint32_t>(PackWord(
      0, static_cast<uint8_t>(codes[2]) | static_cast<uint8_t>(codes[3]) << 8));
  words[0] = static_cast<int32_t>(low | high);
}

struct GroupQuery {
  explicit HWY_INLINE GroupQuery(const int32_t* word)
      : bytes(hn::Set(Int32(), *word)) {}
  Int32Vec bytes;
};

struct GroupRows {
  HWY_INLINE void Load(const uint8_t* codes) {
    bytes = hn::BitCast(Int32(),
                        hn::Load(hn::Repartition<uint8_t, Int32>(), codes));
  }
  // Assembly, because GCC 12 moves the accumulators of the intrinsic to the
  // stack and back, which halves the speed.
  HWY_INLINE void AddDot(const GroupQuery& query, Int32Vec& sum) const {
    asm("vpdpbusd %2, %1, %0"
        : "+v"(sum.raw)
        : "v"(bytes.raw), "v"(query.bytes.raw));
  }
  Int32Vec bytes;
};

#else  // AVX3, AVX2

constexpr size_t kMaxTileQueries = HWY_TARGET == HWY_AVX2 ? 4 : 8;
constexpr size_t kTileBlocks = HWY_TARGET == HWY_AVX2 ? 1 : 2;
constexpr size_t kWordsPerGroup = 2;

// Columns 0 and 2, then 1 and 3, as pairs of 16-bit numbers.
inline void PackGroup(const int8_t* codes, int32_t* words) {
  words[0] = PackWord(codes[0], codes[2]);
  words[1] = PackWord(codes[1], codes[3]);
}

struct GroupQuery {
  explicit HWY_INLINE GroupQuery(const int32_t* words)
      : even(hn::BitCast(Int16(), hn::Set(Int32(), words[0]))),
        odd(hn::BitCast(Int16(), hn::Set(Int32(), words[1]))) {}
  hn::Vec<Int16> even;
  hn::Vec<Int16> odd;
};

// Bytes are widened to 16 bits before they are multiplied: the instruction that
// multiplies bytes (vpmaddubsw) saturates its sums of two.
struct GroupRows {
  HWY_INLINE void Load(const uint8_t* codes) {
    const hn::Repartition<uint8_t, Int32> d8;
    const hn::Repartition<uint16_t, Int32> d16;
    const auto pairs = hn::BitCast(d16, hn::Load(d8, codes));
    even = hn::BitCast(Int16(), hn::And(pairs, hn::Set(d16, 0x00FF)));
    odd = hn::BitCast(Int16(), hn::ShiftRight<8>(pairs));
  }
  HWY_INLINE void AddDot(const GroupQuery& query, Int32Vec& sum) const {
    // On x86 all of the sum is in the first operand, lane by lane.
    const Int32 d;
    Int32Vec unused = hn::Zero(d);
    sum = hn::ReorderWidenMulAccumulate(d, even, query.even, sum, unused);
    sum = hn::ReorderWidenMulAccumulate(d, odd, query.odd, sum, unused);
  }
  hn::Vec<Int16> even;
  hn::Vec<Int16> odd;
};

#endif  // AVX3, AVX2

// Adds the dots of one query to sums [kBlocks], block by block: memory is read
// in the order it lies in, which is up to half as fast again as from two places
// by turns. Four chains of additions, because each waits for its last.
template <size_t kBlocks>
HWY_INLINE void AddLoneQuery(const int32_t* words, const TileRows& rows,
                             Int32Vec (&sums)[kBlocks][1]) {
  constexpr size_t kChains = 4;
  const Int32 d;
  const uint8_t* codes = rows.codes;
  const auto add = [&](size_t g, Int32Vec& sum) HWY_ATTR {
    hwy::Prefetch(codes + kPrefetchBytes);
    GroupRows group;
    group.Load(codes);
    group.AddDot(GroupQuery(words + g * kWordsPerGroup), sum);
    codes += kGroupBytes;
  };
  for (size_t b = 0; b < kBlocks; ++b) {
    Int32Vec chains[kChains];
    for (Int32Vec& chain : chains) chain = hn::Zero(d);
    size_t g = 0;
    for (; g + kChains <= rows.groups; g += kChains) {
      EMBED_UNROLL for (size_t c = 0; c < kChains; ++c) add(g + c, chains[c]);
    }
    for (; g < rows.groups; ++g) add(g, chains[0]);
    sums[b][0] = hn::Add(sums[b][0], hn::Add(hn::Add(chains[0], chains[1]),
                                             hn::Add(chains[2], chains[3])));
  }
}

// Adds the dots of all queries to sums, with all blocks side by side.
template <size_t kQueries, size_t kRows>
HWY_INLINE void AddQueries(const int32_t* words, const TileRows& rows,
                           Int32Vec (&sums)[kRows][kQueries]) {
  const uint8_t* codes = rows.codes;
  for (size_t g = 0; g < rows.groups; ++g, codes += kGroupBytes) {
    GroupRows group[kRows];
    EMBED_UNROLL for (size_t r = 0; r < kRows; ++r) {
      const uint8_t* at = codes + r / kVectors * rows.groups * kGroupBytes +
                          r % kVectors * kLanes * kInt8GroupColumns;
      if constexpr (kQueries <= 4) hwy::Prefetch(at + kPrefetchBytes);
      group[r].Load(at);
    }
    EMBED_UNROLL for (size_t q = 0; q < kQueries; ++q) {
      const GroupQuery query(words + q * kWordsPerGroup);
      EMBED_UNROLL for (size_t r = 0; r < kRows; ++r) {
        group[r].AddDot(query, sums[r][q]);
      }
    }
    words += kQueries * kWordsPerGroup;
  }
}

// Writes masks and scores if any score is above its threshold; returns whether.
template <size_t kQueries, size_t kBlocks>
HWY_NOINLINE bool ScoreTile(const TileQueries& queries, const TileRows& rows,
                            const TileScores& out) {
  const Int32 d;
  const Float df;
  constexpr size_t kRows = kBlocks * kVectors;
  Int32Vec sums[kRows][kQueries];
  EMBED_UNROLL for (size_t q = 0; q < kQueries; ++q) {
    EMBED_UNROLL for (size_t r = 0; r < kRows; ++r) {
      sums[r][q] = hn::Set(d, queries.corrections[q]);
    }
  }
  if constexpr (kQueries == 1 && kVectors == 1) {
    AddLoneQuery(queries.words, rows, sums);
  } else {
    AddQueries(queries.words, rows, sums);
  }
  hn::Vec<Float> multipliers[kRows];
  hn::Vec<Float> offsets[kRows];
  EMBED_UNROLL for (size_t r = 0; r < kRows; ++r) {
    multipliers[r] = hn::Load(df, rows.multipliers + r * kLanes);
    offsets[r] = hn::Load(df, rows.offsets + r * kLanes);
  }
  const float* factors = queries.offset_factors;
  const float* thresholds = queries.thresholds;
  auto any = hn::MaskFromVec(hn::Zero(df));
  EMBED_UNROLL for (size_t q = 0; q < kQueries; ++q) {
    const auto factor = hn::Set(df, factors[q]);
    const auto threshold = hn::Set(df, thresholds[q]);
    EMBED_UNROLL for (size_t r = 0; r < kRows; ++r) {
      const auto score =
          hn::MulAdd(hn::ConvertTo(df, sums[r][q]), multipliers[r],
                     hn::Mul(offsets[r], factor));
      any = hn::Or(any, hn::Gt(score, threshold));
      sums[r][q] = hn::BitCast(d, score);
    }
    // Else GCC 12 loads the numbers of all queries first, for which it moves
    // the accumulators to the stack.
    asm volatile("" ::: "memory");
  }
  if (HWY_LIKELY(hn::AllFalse(df, any))) return false;
  EMBED_UNROLL for (size_t q = 0; q < kQueries; ++q) {
    const auto threshold = hn::Set(df, queries.thresholds[q]);
    EMBED_UNROLL for (size_t r = 0; r < kRows; ++r) {
      const auto score = hn::BitCast(df, sums[r][q]);
      const size_t row = (q * kRows + r) * kLanes;
      hn::Store(score, df, out.scores + row);
      // Lanes / 8 whole bytes, so the masks of a block lie side by side.
      hn::StoreMaskBits(df, hn::Gt(score, threshold),
                        reinterpret_cast<uint8_t*>(out.masks) + row / 8);
    }
  }
  return true;
}

// Puts 16 rows, read up to whole 16 bytes, into a block; writes up to three
// groups too many.
inline void BlockOfRows(const uint8_t* const* rows, size_t groups,
                        uint8_t* block) {
  const hn::CappedTag<uint32_t, 4> d32;
  const hn::Repartition<uint64_t, decltype(d32)> d64;
  const hn::Repartition<uint8_t, decltype(d32)> d8;
  constexpr size_t kStep = 4;  // rows and groups that are turned at a time
  for (size_t g = 0; g < groups; g += kStep) {
    EMBED_UNROLL for (size_t r = 0; r < kBlockRows; r += kStep) {
      const size_t column = g * kInt8GroupColumns;
      const auto a = hn::BitCast(d32, hn::LoadU(d8, rows[r] + column));
      const auto b = hn::BitCast(d32, hn::LoadU(d8, rows[r + 1] + column));
      const auto c = hn::BitCast(d32, hn::LoadU(d8, rows[r + 2] + column));
      const auto d = hn::BitCast(d32, hn::LoadU(d8, rows[r + 3] + column));
      const auto ab = hn::BitCast(d64, hn::InterleaveLower(d32, a, b));
      const auto cd = hn::BitCast(d64, hn::InterleaveLower(d32, c, d));
      const auto ab_up = hn::BitCast(d64, hn::InterleaveUpper(d32, a, b));
      const auto cd_up = hn::BitCast(d64, hn::InterleaveUpper(d32, c, d));
      uint8_t* out = block + g * kGroupBytes + r * kInt8GroupColumns;
      const auto store = [&](decltype(ab) group) HWY_ATTR {
        hn::Store(hn::BitCast(d8, group), d8, out);
        out += kGroupBytes;
      };
      store(hn::InterleaveLower(d64, ab, cd));
      store(hn::InterleaveUpper(d64, ab, cd));
      store(hn::InterleaveLower(d64, ab_up, cd_up));
      store(hn::InterleaveUpper(d64, ab_up, cd_up));
    }
  }
}

#else  // any other target: loops that the compiler may vectorise

constexpr size_t kMaxTileQueries = 4;
constexpr size_t kTileBlocks = 1;
constexpr size_t kWordsPerGroup = 4;

inline void PackGroup(const int8_t* codes, int32_t* words) {
  for (size_t j = 0; j < kInt8GroupColumns; ++j) words[j] = codes[j];
}

// Puts 16 rows into a block.
inline void BlockOfRows(const uint8_t* const* rows, size_t groups,
                        uint8_t* block) {
  for (size_t g = 0; g < groups; ++g) {
    for (size_t r = 0; r < kBlockRows; ++r) {
      std::memcpy(block, rows[r] + g * kInt8GroupColumns, kInt8GroupColumns);
      block += kInt8GroupColumns;
    }
  }
}

template <size_t kQueries, size_t kBlocks>
HWY_NOINLINE bool ScoreTile(const TileQueries& queries, const TileRows& rows,
                            const TileScores& out) {
  static_assert(kBlocks == 1, "one block at a time");
  bool any = false;
  for (size_t q = 0; q < kQueries; ++q) {
    int32_t sums[kBlockRows];
    for (int32_t& sum : sums) sum = queries.corrections[q];
    for (size_t g = 0; g < rows.groups; ++g) {
      const uint8_t* codes = rows.codes + g * kGroupBytes;
      const int32_t* word = queries.words + (g * kQueries + q) * kWordsPerGroup;
      for (size_t r = 0; r < kBlockRows; ++r) {
        const uint8_t* c = codes + r * kInt8GroupColumns;
        sums[r] +=
            c[0] * word[0] + c[1] * word[1] + c[2] * word[2] + c[3] * word[3];
      }
    }
    uint32_t mask = 0;
    for (size_t r = 0; r < kBlockRows; ++r) {
      const float offset = rows.offsets[r] * queries.offset_factors[q];
      const float score =
          std::fma(static_cast<float>(sums[r]), rows.multipliers[r], offset);
      out.scores[q * kBlockRows + r] = score;
      mask |= static_cast<uint32_t>(score > queries.thresholds[q]) << r;
    }
    out.masks[q] = static_cast<uint16_t>(mask);
    any |= mask != 0;
  }
  return any;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#endif  // EMBED_KERNELS_INT8_SCAN_INL_H_
