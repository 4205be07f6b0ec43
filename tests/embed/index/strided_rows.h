// The rows of a table at other distances, as older files have them, with
// anything between them.
#ifndef EMBED_TESTS_EMBED_INDEX_STRIDED_ROWS_H_
#define EMBED_TESTS_EMBED_INDEX_STRIDED_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <memory>

#include "embed/base/aligned_buffer.h"
#include "embed/index/int8_table.h"

namespace embed {

// table: laid out in rows; it must outlive the new one.
inline Int8Table WithStride(const Int8Table& table, uint64_t stride) {
  Int8Table::Parts parts = table.parts();
  const uint64_t dim = static_cast<uint64_t>(parts.dim);
  const uint64_t bytes = (parts.rows - 1) * stride + (dim + 63) / 64 * 64;
  auto buffer =
      std::make_shared<AlignedBuffer>(AlignedBuffer::Create(bytes).value());
  uint8_t* const to = static_cast<uint8_t*>(buffer->data());
  std::fill_n(to, bytes, uint8_t{255});
  for (uint64_t row = 0; row < parts.rows; ++row) {
    std::copy_n(&parts.codes[row * parts.row_stride], dim, to + row * stride);
  }
  parts.codes = {to, bytes};
  parts.row_stride = stride;
  return Int8Table::FromParts(parts, std::move(buffer)).value();
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_INDEX_STRIDED_ROWS_H_
