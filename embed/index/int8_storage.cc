#include "embed/index/int8_storage.h"

#include <algorithm>
#include <cstring>

#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<Int8Storage> Int8Storage::Create(uint64_t rows, int dim,
                                                Int8Layout layout) {
  Int8Storage storage;
  Int8Table::Parts& parts = storage.parts_;
  parts.rows = rows;
  parts.dim = dim;
  parts.layout = layout;
  if (parts.in_rows()) parts.row_stride = Int8RowStride(dim);
  const uint64_t padded =
      parts.in_rows() ? rows : Int8Blocks(rows) * kInt8BlockRows;
  EMBED_ASSIGN_OR_RETURN(
      storage.codes_,
      AlignedBuffer::Create(parts.in_rows()
                                ? Int8RowBytes(rows, dim, parts.row_stride)
                                : Int8CodeBytes(rows, dim)));
  EMBED_ASSIGN_OR_RETURN(storage.factors_,
                         AlignedBuffer::Create(2 * padded * sizeof(float)));
  parts.codes = {static_cast<const uint8_t*>(storage.codes_.data()),
                 storage.codes_.size()};
  const void* factors = storage.factors_.data();
  if (parts.in_rows()) {
    parts.scales = {static_cast<const Int8RowScale*>(factors), rows};
  } else {
    parts.multipliers = {static_cast<const float*>(factors), padded};
    parts.weights = {static_cast<const float*>(factors) + padded, padded};
  }
  return storage;
}

void Int8Storage::Clear(uint64_t begin, uint64_t end) {
  if (begin == end) return;
  if (!parts_.in_rows()) {
    begin = begin / kInt8BlockRows * kInt8BlockRows;
    end = Int8Blocks(end) * kInt8BlockRows;
  }
  const uint64_t first =
      static_cast<uint64_t>(parts_.RowCodes(begin) - parts_.codes.data());
  const uint64_t last =
      static_cast<uint64_t>(parts_.RowCodes(end) - parts_.codes.data());
  std::memset(static_cast<uint8_t*>(codes_.data()) + first, kInt8CodeOffset,
              last - first);
}

void Int8Storage::SetFactors(uint64_t row, float multiplier, float weight) {
  if (parts_.in_rows()) {
    static_cast<Int8RowScale*>(factors_.data())[row] = {multiplier, weight};
    return;
  }
  float* factors = static_cast<float*>(factors_.data());
  factors[row] = multiplier;
  factors[parts_.multipliers.size() + row] = weight;
}

}  // namespace embed
