// Vectors as directions: each row scaled to length 1, so that cosines are
// products.
#ifndef EMBED_EVAL_UNIT_ROWS_H_
#define EMBED_EVAL_UNIT_ROWS_H_

#include "absl/status/statusor.h"
#include "embed/math/matrix_view.h"
#include "embed/model/embedding_table.h"

namespace embed {

// Row i is vectors.row(i) / |vectors.row(i)|, rounded to float32; zero rows
// stay. InvalidArgument naming the row: a number that is not finite. Other
// errors: those of EmbeddingTable::Create().
absl::StatusOr<EmbeddingTable> UnitRows(const MatrixView& vectors);

}  // namespace embed

#endif  // EMBED_EVAL_UNIT_ROWS_H_
