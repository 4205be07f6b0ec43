// Scores of scattered rows of 8-bit codes, as the traversal of a graph wants
// them: row-major, one query or one row against a few others.
//
//   score(row, query) = as in embed/kernels/int8_scan.h, and the same bits
//   dot(a, b)         = sum over j of a's code [j] * b's code [j]  (exact)
//
// Layout: rows are `stride` bytes apart, of which the first dim are the codes,
// each stored as code + 128, unsigned; what is behind them does not matter.
// From the start of each row Int8ReadBytes(dim) bytes can be read. Results are
// bit-identical on every CPU target. The time is that of fetching rows from
// memory unless they are asked for beforehand: PrefetchInt8Row().
#ifndef EMBED_KERNELS_INT8_ROWS_H_
#define EMBED_KERNELS_INT8_ROWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace embed {

constexpr uint64_t kCacheLineBytes = 64;
constexpr int kInt8CodeOffset = 128;  // stored = code + 128

// dim rounded up to cache lines: the largest stride, and what may be read of a
// row.
constexpr uint64_t Int8ReadBytes(int dim) {
  return (static_cast<uint64_t>(dim) + kCacheLineBytes - 1) / kCacheLineBytes *
         kCacheLineBytes;
}

// Of new tables.
constexpr uint64_t Int8RowStride(int dim) {
  constexpr uint64_t kMost = 8;  // bytes behind a row
  const uint64_t aligned = Int8ReadBytes(dim);
  if (aligned - static_cast<uint64_t>(dim) <= kMost) return aligned;
  return static_cast<uint64_t>(dim);
}

// Bytes of the codes of `rows` rows and what may be read behind them.
constexpr uint64_t Int8RowBytes(uint64_t rows, int dim, uint64_t stride) {
  return rows * stride + Int8ReadBytes(dim) - stride;
}

struct Int8RowScale {
  float multiplier = 0;
  float offset = 0;
};

// Nothing is owned.
struct Int8RowTable {
  const uint8_t* codes = nullptr;        // [Int8RowBytes(rows, dim, stride)]
  const Int8RowScale* scales = nullptr;  // [rows]
  uint64_t rows = 0;
  int dim = 0;          // 1 .. kInt8MaxDim
  uint64_t stride = 0;  // bytes, dim .. Int8ReadBytes(dim)

  const uint8_t* row(uint32_t id) const { return codes + id * stride; }
};

struct Int8RowQuery {
  const int8_t* codes = nullptr;  // [Int8ReadBytes(dim)], 0 past dim
  int32_t correction = 0;         // -128 * the sum of codes
  float offset_factor = 0;
};

// Asks for a row and its scale to be brought into the cache: all lines that
// scoring it reads.
inline void PrefetchInt8Row(const Int8RowTable& table, uint32_t id) {
  const uint8_t* row = table.row(id);
  __builtin_prefetch(&table.scales[id]);
  const uint8_t* const end = row + std::max(table.stride, kCacheLineBytes);
  row -= reinterpret_cast<uintptr_t>(row) % kCacheLineBytes;
  for (; row < end; row += kCacheLineBytes) __builtin_prefetch(row);
}

// Sets scores[i] for each ids[i] < table.rows. Thread-safe.
void ScoreInt8Rows(const Int8RowTable& table, const Int8RowQuery& query,
                   absl::Span<const uint32_t> ids, float* scores);

// Sets dots[i] to the dot of the codes of `row` and ids[i], each < table.rows.
// Thread-safe.
void DotInt8Rows(const Int8RowTable& table, uint32_t row,
                 absl::Span<const uint32_t> ids, int32_t* dots);

// The dot of float values, held as double, with codes in groups of four
// columns:
//   sum over g < groups, j < 4 of values[4 g + j] * (codes[g * stride + j] -
//   128)
// stride: 4 in rows as above, 64 in the layout of int8_scan.h. Each column of
// the groups is added up in double, then (0 + 1) + (2 + 3): products of a float
// and a code are exact, so the bits are the same on every CPU target.
double DotValuesInt8(const double* values, const uint8_t* codes, size_t groups,
                     size_t stride);

// The sum of the squares of such codes: of j < columns of
// (codes[j / 4 * stride + j % 4] - 128)^2. At most kInt8MaxDim columns.
int32_t SquareSumInt8(const uint8_t* codes, size_t columns, size_t stride);

}  // namespace embed

#endif  // EMBED_KERNELS_INT8_ROWS_H_
