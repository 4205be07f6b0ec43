// The vectors of an index, for what reads vectors.
#ifndef EMBED_INDEX_INDEX_VECTORS_H_
#define EMBED_INDEX_INDEX_VECTORS_H_

#include "absl/status/statusor.h"
#include "embed/index/item_index.h"
#include "embed/io/keyed_vectors.h"

namespace embed {

// ItemIndex::Vector() of the items that are there, in the order of their ids,
// with keys and types. InvalidArgument: no item is there.
absl::StatusOr<KeyedVectors> VectorsOf(const ItemIndex& index);

}  // namespace embed

#endif  // EMBED_INDEX_INDEX_VECTORS_H_
