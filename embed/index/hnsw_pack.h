// From lists of links with fixed places to packed ones.
#ifndef EMBED_INDEX_HNSW_PACK_H_
#define EMBED_INDEX_HNSW_PACK_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "embed/index/hnsw_graph.h"

namespace embed {

// HnswGraph::Packed() of lists that were checked, with `packed` called now and
// then: the lists of the rows before `end` are not read any more.
absl::StatusOr<HnswGraph> PackLists(
    const HnswGraph& graph, absl::FunctionRef<void(uint64_t end)> packed);

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_PACK_H_
