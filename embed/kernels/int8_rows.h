// Scores of scattered rows of 8-bit codes, as the traversal of a graph wants
// them: row-major, one query or one row against a few others.
//
//   score(row, query) = as in embed/kernels/int8_scan.h, and the same bits
//   dot(a, b)         = sum over j of a's code [j] * b's code [j]  (exact)
//
// Layout: a row is Int8RowStride(dim) bytes, each code stored as code + 128,
// unsigned; 128, the code 0, past dim. So rows start on cache lines and no row
// has a tail. Results are bit-identical on every CPU target. The time is that
// of fetching rows from memory unless they are asked for beforehand:
// PrefetchInt8Row().
#ifndef EMBED_KERNELS_INT8_ROWS_H_
#define EMBED_KERNELS_INT8_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace embed {

constexpr uint64_t kInt8RowAlignment = 64;
constexpr int kInt8CodeOffset = 128;  // stored = code + 128

constexpr uint64_t Int8RowStride(int dim) {
  return (static_cast<uint64_t>(dim) + kInt8RowAlignment - 1) /
         kInt8RowAlignment * kInt8RowAlignment;
}

struct Int8RowScale {
  float multiplier = 0;
  float offset = 0;
};

// Nothing is owned.
struct Int8RowTable {
  const uint8_t* codes = nullptr;  // [rows * Int8RowStride(dim)], 64-aligned
  const Int8RowScale* scales = nullptr;  // [rows]
  uint64_t rows = 0;
  int dim = 0;  // 1 .. kInt8MaxDim

  const uint8_t* row(uint32_t id) const {
    return codes + id * Int8RowStride(dim);
  }
};

struct Int8RowQuery {
  const int8_t* codes = nullptr;  // [Int8RowStride(dim)], 0 past dim
  int32_t correction = 0;         // -128 * the sum of codes
  float offset_factor = 0;
};

// Asks for a row and its scale to be brought into the cache.
inline void PrefetchInt8Row(const Int8RowTable& table, uint32_t id) {
  const uint8_t* row = table.row(id);
  __builtin_prefetch(&table.scales[id]);
  for (uint64_t i = 0; i < Int8RowStride(table.dim); i += kInt8RowAlignment) {
    __builtin_prefetch(row + i);
  }
}

// Sets scores[i] for each ids[i] < table.rows. Thread-safe.
void ScoreInt8Rows(const Int8RowTable& table, const Int8RowQuery& query,
                   absl::Span<const uint32_t> ids, float* scores);

// The dot of the codes of rows a and b. Thread-safe.
int32_t DotInt8Rows(const Int8RowTable& table, uint32_t a, uint32_t b);

// The dot of float values, held as double, with codes in groups of four
// columns:
//   sum over g < groups, j < 4 of values[4 g + j] * (codes[g * stride + j] -
//   128)
// stride: 4 in rows as above, 64 in the layout of int8_scan.h. Each column of
// the groups is added up in double, then (0 + 1) + (2 + 3): products of a float
// and a code are exact, so the bits are the same on every CPU target.
double DotValuesInt8(const double* values, const uint8_t* codes, size_t groups,
                     size_t stride);

// The sum of the squares of such codes: of g < groups, j < 4 of
// (codes[g * stride + j] - 128)^2. At most kInt8MaxDim columns.
int32_t SquareSumInt8(const uint8_t* codes, size_t groups, size_t stride);

}  // namespace embed

#endif  // EMBED_KERNELS_INT8_ROWS_H_
