// Index files that FAISS itself reads, from Python too: a scalar quantiser of 8
// bits (IndexScalarQuantizer, QT_8bit), flat or with a graph (IndexHNSWSQ),
// where it helps behind a rotation (IndexPreTransform), metric inner product.
// Rows are coded by faiss8_codec.h: for any query the inner products of its
// direction are cosines.
//
// Layout: the bytes of FAISS's write_index(), then a JSON object, its length in
// bytes as u64 (little-endian), and the 8 bytes "EMBEDKEY". FAISS does not look
// behind its own bytes. The object has `codec` "faiss8", `keys` (a list by id),
// `info` (an object of texts), and of a typed network `types` (names) and
// `type_of` (for each key a place in `types`).
//
// Written by FAISS 1.7.3; later ones read such files.
#ifndef EMBED_INDEX_FAISS_EXPORT_H_
#define EMBED_INDEX_FAISS_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "embed/index/item_index.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

// vectors: row i belongs to key i. options.hnsw: with a graph; target_recall is
// not used. Writes atomically. InvalidArgument: as ItemIndex::Build(), a metric
// other than cosine.
absl::Status WriteFaissIndex(const Vocabulary& vocabulary,
                             const MatrixView& vectors,
                             const ItemIndexOptions& options,
                             const std::string& path);

}  // namespace embed

#endif  // EMBED_INDEX_FAISS_EXPORT_H_
