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
#include "embed/index/int8_table.h"

namespace embed {
namespace {

struct GatheredRows {
  AlignedBuffer codes;
  AlignedBuffer factors;  // multipliers, then weights
  AlignedBuffer f16;      // empty if not kept
  std::vector<float> mean;
  std::vector<float> rotation;
};

// The arrays of the new table.
struct Target {
  uint8_t* codes;
  float* multipliers;
  float* weights;
  uint16_t* f16;  // null if not kept
};

// Copies rows of `from` behind the first `begin` rows of `to`, whose exponent
// is that one.
void CopyGatheredRows(const Int8Table::Parts& from,
                      absl::Span<const uint32_t> rows, uint64_t begin,
                      int exponent, const Target& to) {
  const int dim = from.dim;
  const int shift = from.exponent - exponent;
  // Of l2 weights are squares.
  const int weight_shift = from.metric == Metric::kL2 ? 2 * shift : shift;
  const uint64_t groups = Int8Groups(dim);
  constexpr uint64_t kStride = kInt8BlockRows * kInt8GroupColumns;
  for (uint64_t i = 0; i < rows.size(); ++i) {
    const uint8_t* source = from.codes.data() + Int8CodeIndex(rows[i], 0, dim);
    uint8_t* target = to.codes + Int8CodeIndex(begin + i, 0, dim);
    for (uint64_t group = 0; group < groups; ++group) {
      std::memcpy(target + group * kStride, source + group * kStride,
                  kInt8GroupColumns);
    }
    to.multipliers[begin + i] = std::ldexp(from.multipliers[rows[i]], shift);
    to.weights[begin + i] = std::ldexp(from.weights[rows[i]], weight_shift);
    if (to.f16 == nullptr) continue;
    const uint64_t halves = groups * kInt8GroupColumns;
    std::memcpy(to.f16 + (begin + i) * halves,
                from.f16.data() + rows[i] * halves, halves * sizeof(uint16_t));
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
  Parts parts;
  parts.rows = first_rows.size() + second_rows.size();
  parts.dim = first.dim();
  parts.metric = first.metric();
  parts.exponent = std::max(first.parts_.exponent, second.parts_.exponent);
  parts.codec = first.row_codec();
  const uint64_t padded = Int8Blocks(parts.rows) * kInt8BlockRows;
  auto storage = std::make_shared<GatheredRows>();
  EMBED_ASSIGN_OR_RETURN(storage->codes, AlignedBuffer::Create(Int8CodeBytes(
                                             parts.rows, parts.dim)));
  EMBED_ASSIGN_OR_RETURN(storage->factors,
                         AlignedBuffer::Create(2 * padded * sizeof(float)));
  if (first.has_f16()) {
    EMBED_ASSIGN_OR_RETURN(
        storage->f16,
        AlignedBuffer::Create(parts.rows * Int8Groups(parts.dim) *
                              kInt8GroupColumns * sizeof(uint16_t)));
  }
  storage->mean.assign(first.parts_.mean.begin(), first.parts_.mean.end());
  storage->rotation.assign(first.parts_.rotation.begin(),
                           first.parts_.rotation.end());
  float* factors = static_cast<float*>(storage->factors.data());
  const Target target = {static_cast<uint8_t*>(storage->codes.data()), factors,
                         factors + padded,
                         static_cast<uint16_t*>(storage->f16.data())};
  if (parts.rows % kInt8BlockRows != 0) {
    // The code 0 where the last block has no rows.
    const uint64_t block = Int8CodeBytes(kInt8BlockRows, parts.dim);
    std::memset(target.codes + storage->codes.size() - block, 128, block);
  }
  CopyGatheredRows(first.parts_, first_rows, 0, parts.exponent, target);
  CopyGatheredRows(second.parts_, second_rows, first_rows.size(),
                   parts.exponent, target);
  parts.codes = {target.codes, storage->codes.size()};
  parts.multipliers = {factors, padded};
  parts.weights = {factors + padded, padded};
  parts.mean = storage->mean;
  parts.rotation = storage->rotation;
  if (first.has_f16()) {
    parts.f16 = {target.f16, storage->f16.size() / sizeof(uint16_t)};
    parts.f16_error = std::max(first.parts_.f16_error, second.parts_.f16_error);
  }
  return FromParts(parts, std::move(storage));
}

}  // namespace embed
