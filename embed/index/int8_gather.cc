// Int8Table::Gather: rows of two tables in a new one.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/aligned_buffer.h"
#include "embed/base/check.h"
#include "embed/base/status_macros.h"
#include "embed/index/int8_storage.h"
#include "embed/index/int8_table.h"

namespace embed {
namespace {

struct GatheredStorage {
  Int8Storage rows;
  AlignedBuffer f16;  // empty if not kept
  std::vector<float> mean;
  std::vector<float> rotation;
};

// Copies rows of `from` behind the first `begin` rows of `to`, whose exponent
// is that one.
void CopyTableRows(const Int8Table::Parts& from,
                   absl::Span<const uint32_t> rows, uint64_t begin,
                   int exponent, GatheredStorage* to) {
  const int shift = from.exponent - exponent;
  // Of l2 weights are squares.
  const int weight_shift = from.metric == Metric::kL2 ? 2 * shift : shift;
  const uint64_t columns = static_cast<uint64_t>(from.dim);
  const uint64_t source_stride = from.group_stride();
  const uint64_t target_stride = to->rows.parts().group_stride();
  uint16_t* f16 = static_cast<uint16_t*>(to->f16.data());
  for (uint64_t i = 0; i < rows.size(); ++i) {
    const uint8_t* source = from.RowCodes(rows[i]);
    uint8_t* target = to->rows.RowCodes(begin + i);
    for (uint64_t j = 0; j < columns; j += kInt8GroupColumns) {
      const uint64_t group = j / kInt8GroupColumns;
      std::memcpy(target + group * target_stride,
                  source + group * source_stride,
                  std::min(columns - j, kInt8GroupColumns));
    }
    to->rows.SetFactors(begin + i, std::ldexp(from.multiplier(rows[i]), shift),
                        std::ldexp(from.weight(rows[i]), weight_shift));
    if (f16 == nullptr) continue;
    const uint64_t halves = Int8Groups(from.dim) * kInt8GroupColumns;
    std::memcpy(f16 + (begin + i) * halves, from.f16.data() + rows[i] * halves,
                halves * sizeof(uint16_t));
  }
}

absl::Status CheckRows(const Int8Table& table,
                       absl::Span<const uint32_t> rows) {
  for (const uint32_t row : rows) {
    if (row >= table.rows()) {
      return absl::OutOfRangeError(absl::StrCat(
          "row ", row, " of an 8-bit table of ", table.rows(), " rows"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Int8Table> Int8Table::Gather(
    const Int8Table& first, absl::Span<const uint32_t> first_rows,
    const Int8Table& second, absl::Span<const uint32_t> second_rows) {
  EMBED_DCHECK(first.parts_.mean == second.parts_.mean &&
               first.rotated() == second.rotated() &&
               first.metric() == second.metric() &&
               first.row_codec() == second.row_codec() &&
               first.has_f16() == second.has_f16());
  EMBED_RETURN_IF_ERROR(CheckRows(first, first_rows));
  EMBED_RETURN_IF_ERROR(CheckRows(second, second_rows));
  auto storage = std::make_shared<GatheredStorage>();
  EMBED_ASSIGN_OR_RETURN(
      storage->rows, Int8Storage::Create(first_rows.size() + second_rows.size(),
                                         first.dim(), first.parts_.layout));
  Parts parts = storage->rows.parts();
  parts.metric = first.metric();
  parts.exponent = std::max(first.parts_.exponent, second.parts_.exponent);
  parts.codec = first.row_codec();
  if (first.has_f16()) {
    EMBED_ASSIGN_OR_RETURN(
        storage->f16,
        AlignedBuffer::Create(parts.rows * Int8Groups(parts.dim) *
                              kInt8GroupColumns * sizeof(uint16_t)));
  }
  storage->mean.assign(first.parts_.mean.begin(), first.parts_.mean.end());
  storage->rotation.assign(first.parts_.rotation.begin(),
                           first.parts_.rotation.end());
  storage->rows.Clear(0, parts.rows);
  CopyTableRows(first.parts_, first_rows, 0, parts.exponent, storage.get());
  CopyTableRows(second.parts_, second_rows, first_rows.size(), parts.exponent,
                storage.get());
  parts.mean = storage->mean;
  parts.rotation = storage->rotation;
  if (first.has_f16()) {
    parts.f16 = {static_cast<const uint16_t*>(storage->f16.data()),
                 storage->f16.size() / sizeof(uint16_t)};
    parts.f16_error = std::max(first.parts_.f16_error, second.parts_.f16_error);
  }
  return FromParts(parts, std::move(storage));
}

}  // namespace embed
