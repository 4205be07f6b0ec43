// Finds the ef_search of a graph that gives a wanted recall.
//
// Recall is measured on a sample of the rows: each is hidden from the graph and
// its 10 nearest others are asked for. They are compared with the nearest ones
// by the float vectors, so that the rounding of codes counts as a loss, too.
#ifndef EMBED_INDEX_HNSW_TUNING_H_
#define EMBED_INDEX_HNSW_TUNING_H_

#include "absl/status/statusor.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "embed/index/recall_sample.h"
#include "embed/math/matrix_view.h"

namespace embed {

// The effort is ef_search, at most 4,096. vectors: those the table was built
// of. The result depends on table, graph and vectors only, not on `threads`.
// InvalidArgument: target_recall is not in (0, 1].
absl::StatusOr<TunedEffort> TuneEfSearch(const HnswGraph& graph,
                                         const Int8Table& table,
                                         const MatrixView& vectors,
                                         double target_recall, int threads);

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_TUNING_H_
