// A read-only view of float32 rows, row-major, shape [rows, dim].
#ifndef EMBED_MATH_MATRIX_VIEW_H_
#define EMBED_MATH_MATRIX_VIEW_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace embed {

struct MatrixView {
  absl::Span<const float> row(uint64_t index) const {
    return {data + index * stride, static_cast<size_t>(dim)};
  }

  const float* data = nullptr;
  uint64_t rows = 0;
  int dim = 0;
  uint64_t stride = 0;  // floats from one row to the next, >= dim
};

}  // namespace embed

#endif  // EMBED_MATH_MATRIX_VIEW_H_
