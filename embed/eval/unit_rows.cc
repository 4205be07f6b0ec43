#include "embed/eval/unit_rows.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<EmbeddingTable> UnitRows(const MatrixView& vectors) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable unit,
                         EmbeddingTable::Create(vectors.rows, vectors.dim));
  for (uint64_t id = 0; id < vectors.rows; ++id) {
    const absl::Span<const float> row = vectors.row(id);
    double square = 0;
    for (const float value : row) square += double{value} * double{value};
    if (!std::isfinite(square)) {
      return absl::InvalidArgumentError(
          absl::StrCat("vector ", id, " holds a number that is not finite"));
    }
    const double scale = square == 0 ? 0 : 1 / std::sqrt(square);
    float* out = unit.row(id);
    for (size_t i = 0; i < row.size(); ++i) {
      out[i] = static_cast<float>(row[i] * scale);
    }
  }
  return unit;
}

}  // namespace embed
