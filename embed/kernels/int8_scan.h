// Exhaustive top-k search over rows of 8-bit codes.
//
//   dot(row, query)   = sum over j of row code [j] * query code [j]  (int32)
//   score(row, query) = fma(dot, multiplier[row],
//                           offset[row] * query.offset_factor) (float32)
//
// Sums are exact and each score is rounded in one fixed way, so the results are
// bit-identical on every CPU target. One target choice per call. Cost: rows x
// dim multiply-adds a query; a lone query runs at the speed of memory, many
// queries share each row that is read.
//
// Layout of codes, made for VNNI (vpdpbusd multiplies unsigned by signed bytes
// and adds four neighbours): blocks of 16 rows, in a block groups of 4 columns,
// in a group the 4 codes of each row; each stored as code + 128, unsigned. The
// 128s add 128 * sum(query) to every dot, one constant per query. Columns past
// dim and rows past the last are stored as 128, the code 0.
#ifndef EMBED_KERNELS_INT8_SCAN_H_
#define EMBED_KERNELS_INT8_SCAN_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "embed/kernels/int8_rows.h"
#include "embed/kernels/int8_top_k.h"

namespace embed {

constexpr uint64_t kInt8BlockRows = 16;
constexpr uint64_t kInt8GroupColumns = 4;
constexpr int kInt8MaxDim = 4096;  // keeps every sum inside int32

constexpr uint64_t Int8Blocks(uint64_t rows) {
  return (rows + kInt8BlockRows - 1) / kInt8BlockRows;
}
constexpr uint64_t Int8Groups(int dim) {
  return (static_cast<uint64_t>(dim) + kInt8GroupColumns - 1) /
         kInt8GroupColumns;
}
// Bytes of the codes of `rows` rows: whole blocks.
constexpr uint64_t Int8CodeBytes(uint64_t rows, int dim) {
  return Int8Blocks(rows) * Int8Groups(dim) * kInt8BlockRows *
         kInt8GroupColumns;
}
// Where code `column` of `row` lies.
constexpr uint64_t Int8CodeIndex(uint64_t row, uint64_t column, int dim) {
  return (row / kInt8BlockRows * Int8Groups(dim) + column / kInt8GroupColumns) *
             kInt8BlockRows * kInt8GroupColumns +
         row % kInt8BlockRows * kInt8GroupColumns + column % kInt8GroupColumns;
}

// A table to scan; nothing is owned. All arrays are 64-byte aligned.
struct Int8ScanTable {
  const uint8_t* codes = nullptr;      // Int8CodeBytes(rows, dim)
  const float* multipliers = nullptr;  // [blocks * 16]
  const float* offsets = nullptr;      // [blocks * 16]
  uint64_t rows = 0;                   // at most 2^31
  int dim = 0;                         // 1 .. kInt8MaxDim
  // In place of the three arrays, a table laid out as int8_rows.h says, with
  // the same results: several queries put it into blocks while they scan it, a
  // lone one reads it as it lies.
  const uint8_t* row_codes = nullptr;
  const Int8RowScale* row_scales = nullptr;
  uint64_t row_stride = 0;
  // Of such a table: the rows to scan, which rise, in place of all; then row i
  // here and in the hits stands for row row_ids[i], and `rows` is their number.
  absl::Span<const uint32_t> row_ids;
};

struct Int8Query {
  const int8_t* codes = nullptr;  // [dim], -127 .. 127
  float offset_factor = 0;
};

struct Int8BlockRange {
  uint64_t begin = 0;
  uint64_t end = 0;  // exclusive
};

// Offers the rows of the blocks of `ranges`, which rise and do not overlap, to
// best[i] for each queries[i]; best and queries have equal lengths. allowed:
// empty for all rows, else one bit a row (bit row % 64 of word row / 64),
// looked at before a row is scored. Rows whose score is not a number are passed
// over. Thread-safe as long as each thread has its own `best`.
void ScanInt8Ranges(const Int8ScanTable& table,
                    absl::Span<const Int8BlockRange> ranges,
                    absl::Span<const Int8Query> queries,
                    absl::Span<const uint64_t> allowed,
                    absl::Span<Int8TopK> best);

// The same for the blocks [first_block, last_block).
void ScanInt8(const Int8ScanTable& table, uint64_t first_block,
              uint64_t last_block, absl::Span<const Int8Query> queries,
              absl::Span<const uint64_t> allowed, absl::Span<Int8TopK> best);

}  // namespace embed

#endif  // EMBED_KERNELS_INT8_SCAN_H_
