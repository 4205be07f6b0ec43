// Some rows of a table, as a table.
#ifndef EMBED_MODEL_SELECT_ROWS_H_
#define EMBED_MODEL_SELECT_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"

namespace embed {

// Row i is rows[i] of `vectors`, which has it. Errors: those of
// EmbeddingTable::Create().
absl::StatusOr<EmbeddingTable> SelectRows(const MatrixView& vectors,
                                          const std::vector<uint32_t>& rows);

}  // namespace embed

#endif  // EMBED_MODEL_SELECT_ROWS_H_
