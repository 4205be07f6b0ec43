#include "embed/model/select_rows.h"

#include <algorithm>

#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<EmbeddingTable> SelectRows(const MatrixView& vectors,
                                          const std::vector<uint32_t>& rows) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable selected,
                         EmbeddingTable::Create(rows.size(), vectors.dim));
  for (size_t i = 0; i < rows.size(); ++i) {
    const absl::Span<const float> row = vectors.row(rows[i]);
    std::copy(row.begin(), row.end(), selected.row(i));
  }
  return selected;
}

}  // namespace embed
