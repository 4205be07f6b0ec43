// Input vectors composed of rows of a table, as a FeatureMap says.
#ifndef EMBED_MODEL_COMPOSED_VECTORS_H_
#define EMBED_MODEL_COMPOSED_VECTORS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"

namespace embed {

// out[0 .. dim) = the sum of the rows of `table`, or their mean; zeros if there
// are none. Added up in the order given, in float32, then multiplied by the
// float32 nearest to 1 / rows: fastText's arithmetic, to the bit. Rows must be
// below table.rows().
void ComposeRows(absl::Span<const uint32_t> rows, Compose compose,
                 const EmbeddingTable& table, absl::Span<float> out);

// The vector of each id of `features`, [ids, dim]. Errors: those of
// EmbeddingTable::Create(); InvalidArgument if the map names other rows than
// the table has.
absl::StatusOr<EmbeddingTable> ComposeAll(const FeatureMap& features,
                                          const EmbeddingTable& table,
                                          int threads);

// Each row of `sum` becomes weight times itself plus the same row of `table`,
// both scaled to length 1; a row of zeros adds nothing. InvalidArgument: the
// tables differ in shape.
absl::Status AddUnitRows(const EmbeddingTable& table, float weight,
                         EmbeddingTable* sum);

}  // namespace embed

#endif  // EMBED_MODEL_COMPOSED_VECTORS_H_
