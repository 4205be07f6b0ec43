// An alias table for each row of a graph: draws one of a node's arcs in
// proportion to any weights, one lookup a draw, 8 bytes an arc.
//
// A bucket holds the vertex that it leads to as its alias instead of a place in
// the row, so that a draw waits for one miss only, that of the bucket and of
// the target beside it. Exactness as AliasTable. Immutable and thread-safe.
#ifndef EMBED_GRAPH_ALIAS_ROWS_H_
#define EMBED_GRAPH_ALIAS_ROWS_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/alias_draw.h"
#include "graph/graph.h"

namespace embed {

class AliasRows {
 public:
  // Sets (*weights)[i] to the weight of the i-th arc of `node`; called for
  // nodes with arcs only, on several threads, with (*weights) of their number.
  using RowWeights =
      std::function<void(uint32_t node, std::vector<double>* weights)>;

  // O(arcs), on `threads` threads, the same for any. InvalidArgument: a row
  // whose weights are no distribution (see BuildAliasEntries()).
  // ResourceExhausted: no memory.
  static absl::StatusOr<AliasRows> Create(const Graph& graph,
                                          const RowWeights& row_weights,
                                          int threads);
  // By the weights of the graph. InvalidArgument: it has none.
  static absl::StatusOr<AliasRows> OfWeights(const Graph& graph, int threads);

  // Of arc a, its alias a vertex.
  const AliasEntry* entries() const {
    return static_cast<const AliasEntry*>(memory_.data());
  }

 private:
  explicit AliasRows(AlignedBuffer memory) : memory_(std::move(memory)) {}

  AlignedBuffer memory_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_ALIAS_ROWS_H_
