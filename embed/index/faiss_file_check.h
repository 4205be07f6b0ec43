// Whether what FAISS read from a file holds together: its own reader does not
// look.
#ifndef EMBED_INDEX_FAISS_FILE_CHECK_H_
#define EMBED_INDEX_FAISS_FILE_CHECK_H_

#include "absl/status/status.h"

namespace faiss {
struct Index;
struct IndexPreTransform;
}  // namespace faiss

namespace embed {

// InvalidArgument: an index that FAISS would search outside its memory: Flat,
// scalar quantiser (8 bits, 8 bits uniform, fp16), HNSW or IVF of these, with
// arrays that do not fit each other, links or lists that lead nowhere, or
// settings that make no sense.
absl::Status CheckFaissIndex(const faiss::Index& index);

// InvalidArgument: transforms whose dims do not fit from queries to index.
absl::Status CheckFaissTransforms(const faiss::IndexPreTransform& index);

}  // namespace embed

#endif  // EMBED_INDEX_FAISS_FILE_CHECK_H_
