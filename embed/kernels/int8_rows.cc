#include "embed/kernels/int8_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "embed/base/check.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/kernels/int8_rows.cc"
#include "hwy/foreach_target.h"
// Highway's order of inclusion: after foreach_target.h.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace embed {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kRowsAtATime = 4;

#if HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX3 || \
    HWY_TARGET == HWY_AVX2

using Int32 = hn::CappedTag<int32_t, 16>;
using Int16 = hn::Repartition<int16_t, Int32>;
using Byte = hn::Repartition<uint8_t, Int32>;
using Int32Vec = hn::Vec<Int32>;
using ByteVec = hn::Vec<Byte>;

constexpr size_t kStep = HWY_TARGET == HWY_AVX2 ? 32 : 64;  // columns

#if HWY_TARGET == HWY_AVX3_DL

// sum + the products of unsigned a and signed b. Assembly for the reason given
// in int8_scan-inl.h.
HWY_INLINE Int32Vec AddProducts(ByteVec a, ByteVec b, Int32Vec sum) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum.raw) : "v"(a.raw), "v"(b.raw));
  return sum;
}

#else

// The same; signed bytes are widened with their sign. Column order within a
// vector does not matter to a sum: even columns, then odd ones.
HWY_INLINE Int32Vec AddProducts(ByteVec a, ByteVec b, Int32Vec sum) {
  const hn::Repartition<uint16_t, Int32> d16;
  const auto pairs = hn::BitCast(d16, a);
  const auto a_even = hn::And(pairs, hn::Set(d16, 0x00FF));
  const auto a_odd = hn::ShiftRight<8>(pairs);
  const auto signs = hn::BitCast(Int16(), b);
  const auto b_even = hn::ShiftRight<8>(hn::ShiftLeft<8>(signs));
  const auto b_odd = hn::ShiftRight<8>(signs);
  // On x86 all of the sum is in the first operand.
  Int32Vec unused = hn::Zero(Int32());
  sum = hn::ReorderWidenMulAccumulate(Int32(), hn::BitCast(Int16(), a_even),
                                      b_even, sum, unused);
  return hn::ReorderWidenMulAccumulate(Int32(), hn::BitCast(Int16(), a_odd),
                                       b_odd, sum, unused);
}

#endif

HWY_INLINE int32_t Sum(Int32Vec sum) {
  return hn::GetLane(hn::SumOfLanes(Int32(), sum));
}

// The sums of four vectors, side by side.
HWY_INLINE hn::Vec<hn::CappedTag<int32_t, 4>> FourSums(const Int32Vec* sums) {
  const Int32 d;
  const hn::Repartition<uint64_t, Int32> d64;
  const auto pair = [&](Int32Vec a, Int32Vec b) HWY_ATTR {
    return hn::BitCast(d64, hn::Add(hn::InterleaveLower(d, a, b),
                                    hn::InterleaveUpper(d, a, b)));
  };
  const auto first = pair(sums[0], sums[1]);
  const auto second = pair(sums[2], sums[3]);
  // In each 128 bits the four parts of theirs.
  const auto parts =
      hn::Add(hn::BitCast(d, hn::InterleaveLower(d64, first, second)),
              hn::BitCast(d, hn::InterleaveUpper(d64, first, second)));
  const hn::Half<Int32> half;
  const auto halves =
      hn::Add(hn::LowerHalf(half, parts), hn::UpperHalf(half, parts));
#if HWY_TARGET == HWY_AVX2
  return halves;
#else
  const hn::Half<hn::Half<Int32>> quarter;
  return hn::Add(hn::LowerHalf(quarter, halves),
                 hn::UpperHalf(quarter, halves));
#endif
}

// How rows are read: kStep columns at a time, and the last ones from where no
// more than the row is read, if it is so long. Of these the first were read
// before.
class RowSteps {
 public:
  explicit HWY_INLINE RowSteps(const Int8RowTable& table) {
    const size_t dim = static_cast<size_t>(table.dim);
    const size_t columns = std::min((dim + kStep - 1) / kStep * kStep,
                                    static_cast<size_t>(table.stride));
    last_ = std::max(columns, kStep) - kStep;
    repeated_ = (kStep - last_ % kStep) % kStep;
    left_ = dim - last_;
  }
  // The start of the last ones.
  size_t last() const { return last_; }
  // Of what is read there, that which is not read elsewhere; else zeros.
  HWY_INLINE ByteVec OnlyNew(ByteVec codes) const {
    const Byte d8;
    return hn::IfThenZeroElse(hn::FirstN(d8, repeated_),
                              hn::IfThenElseZero(hn::FirstN(d8, left_), codes));
  }

 private:
  size_t last_;
  size_t repeated_;
  size_t left_;
};

// The dots of a query with four rows, whose lines come from memory side by
// side; of the rows' codes as they are stored. The query's are as they are, of
// int8_t, or stored as a row's, of uint8_t.
template <class Code>
class FourDots {
 public:
  HWY_INLINE FourDots(const Int8RowTable& table, const Code* query)
      : query_(query) {
    const RowSteps steps(table);
    last_ = steps.last();
    last_codes_ = steps.OnlyNew(Load(last_));
  }

  HWY_INLINE void Set(const uint8_t* const* rows, int32_t* dots) const {
    const Byte d8;
    Int32Vec sums[kRowsAtATime] = {hn::Zero(Int32()), hn::Zero(Int32()),
                                   hn::Zero(Int32()), hn::Zero(Int32())};
    const auto add = [&](size_t i, ByteVec codes) HWY_ATTR {
      sums[0] = AddProducts(hn::LoadU(d8, rows[0] + i), codes, sums[0]);
      sums[1] = AddProducts(hn::LoadU(d8, rows[1] + i), codes, sums[1]);
      sums[2] = AddProducts(hn::LoadU(d8, rows[2] + i), codes, sums[2]);
      sums[3] = AddProducts(hn::LoadU(d8, rows[3] + i), codes, sums[3]);
    };
    for (size_t i = 0; i < last_; i += kStep) add(i, Load(i));
    add(last_, last_codes_);
    hn::StoreU(FourSums(sums), hn::CappedTag<int32_t, 4>(), dots);
  }

  // The sum of the query's codes, times kInt8CodeOffset.
  HWY_INLINE int32_t Excess() const {
    const ByteVec middle = hn::Set(Byte(), kInt8CodeOffset);
    Int32Vec sum = AddProducts(middle, last_codes_, hn::Zero(Int32()));
    for (size_t i = 0; i < last_; i += kStep) {
      sum = AddProducts(middle, Load(i), sum);
    }
    return Sum(sum);
  }

 private:
  HWY_INLINE ByteVec Load(size_t i) const {
    const hn::Repartition<Code, Int32> d;
    const ByteVec codes = hn::BitCast(Byte(), hn::LoadU(d, query_ + i));
    if constexpr (std::is_same_v<Code, int8_t>) return codes;
    return hn::Xor(codes, hn::Set(Byte(), kInt8CodeOffset));
  }

  const Code* query_;
  size_t last_;
  ByteVec last_codes_;
};

HWY_INLINE double DotGroups(const double* values, const uint8_t* codes,
                            size_t groups, size_t stride) {
  const hn::CappedTag<double, 4> df;
  const hn::Rebind<int32_t, decltype(df)> d32;
  const hn::Rebind<uint8_t, decltype(df)> d8;
  const auto middle = hn::Set(d32, kInt8CodeOffset);
  auto sums = hn::Zero(df);
  for (size_t g = 0; g < groups; ++g, codes += stride) {
    const auto code = hn::PromoteTo(d32, hn::LoadU(d8, codes));
    sums = hn::MulAdd(hn::LoadU(df, values + 4 * g),
                      hn::PromoteTo(df, hn::Sub(code, middle)), sums);
  }
  double sum[4];
  hn::StoreU(sums, df, sum);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

#else  // any other target: loops that the compiler may vectorise

inline double DotGroups(const double* values, const uint8_t* codes,
                        size_t groups, size_t stride) {
  double sum[4] = {};
  for (size_t g = 0; g < groups; ++g, codes += stride) {
    for (size_t j = 0; j < 4; ++j) {
      sum[j] += values[4 * g + j] * (codes[j] - kInt8CodeOffset);
    }
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

template <class Code>
class FourDots {
 public:
  FourDots(const Int8RowTable& table, const Code* query)
      : dim_(table.dim), query_(query) {}

  void Set(const uint8_t* const* rows, int32_t* dots) const {
    for (size_t r = 0; r < kRowsAtATime; ++r) {
      int32_t sum = 0;
      for (int i = 0; i < dim_; ++i) sum += rows[r][i] * CodeOf(i);
      dots[r] = sum;
    }
  }
  int32_t Excess() const {
    int32_t sum = 0;
    for (int i = 0; i < dim_; ++i) sum += CodeOf(i);
    return kInt8CodeOffset * sum;
  }

 private:
  int CodeOf(int i) const {
    return query_[i] - (std::is_same_v<Code, int8_t> ? 0 : kInt8CodeOffset);
  }

  int dim_;
  const Code* query_;
};

#endif

// Calls use(i, dot) with the dot for each ids[i].
template <class Code, class Use>
HWY_INLINE void ForDots(const FourDots<Code>& four_dots,
                        const Int8RowTable& table,
                        absl::Span<const uint32_t> ids, const Use& use) {
  for (size_t i = 0; i < ids.size(); i += kRowsAtATime) {
    const size_t count = std::min(kRowsAtATime, ids.size() - i);
    const uint8_t* rows[kRowsAtATime];
    for (size_t r = 0; r < kRowsAtATime; ++r) {
      // Behind the last one, that one again.
      rows[r] = table.row(ids[i + std::min(r, count - 1)]);
    }
    int32_t dots[kRowsAtATime];
    four_dots.Set(rows, dots);
    for (size_t r = 0; r < count; ++r) use(i + r, dots[r]);
  }
}

void Score(const Int8RowTable& table, const Int8RowQuery& query,
           absl::Span<const uint32_t> ids, float* scores) {
  ForDots(FourDots<int8_t>(table, query.codes), table, ids,
          [&](size_t i, int32_t dot) HWY_ATTR {
            const Int8RowScale scale = table.scales[ids[i]];
            scores[i] =
                std::fma(static_cast<float>(query.correction + dot),
                         scale.multiplier, scale.offset * query.offset_factor);
          });
}

void Dots(const Int8RowTable& table, uint32_t row,
          absl::Span<const uint32_t> ids, int32_t* dots) {
  const FourDots<uint8_t> four_dots(table, table.row(row));
  const int32_t excess = four_dots.Excess();
  ForDots(four_dots, table, ids,
          [&](size_t i, int32_t dot) HWY_ATTR { dots[i] = dot - excess; });
}

double DotValues(const double* values, const uint8_t* codes, size_t groups,
                 size_t stride) {
  return DotGroups(values, codes, groups, stride);
}

}  // namespace HWY_NAMESPACE
}  // namespace embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace embed {

HWY_EXPORT(Score);
HWY_EXPORT(Dots);
HWY_EXPORT(DotValues);

void ScoreInt8Rows(const Int8RowTable& table, const Int8RowQuery& query,
                   absl::Span<const uint32_t> ids, float* scores) {
  HWY_DYNAMIC_DISPATCH(Score)(table, query, ids, scores);
}

void DotInt8Rows(const Int8RowTable& table, uint32_t row,
                 absl::Span<const uint32_t> ids, int32_t* dots) {
  EMBED_DCHECK(row < table.rows);
  HWY_DYNAMIC_DISPATCH(Dots)(table, row, ids, dots);
}

double DotValuesInt8(const double* values, const uint8_t* codes, size_t groups,
                     size_t stride) {
  return HWY_DYNAMIC_DISPATCH(DotValues)(values, codes, groups, stride);
}

int32_t SquareSumInt8(const uint8_t* codes, size_t columns, size_t stride) {
  int32_t sum = 0;
  for (size_t j = 0; j < columns; ++j) {
    const int code = codes[j / 4 * stride + j % 4] - kInt8CodeOffset;
    sum += code * code;
  }
  return sum;
}

}  // namespace embed
#endif  // HWY_ONCE
