// Vectors from any file that has some: an index too.
#ifndef EMBED_APPS_COMMON_VECTOR_INPUT_H_
#define EMBED_APPS_COMMON_VECTOR_INPUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "embed/io/keyed_vectors.h"

namespace embed {

// Of .faiss, an index of ours or of FAISS, what VectorsOf() gives, which is
// told in KeyedVectors::tolerated; all else as ReadVectors() does. Errors:
// those of both; InvalidArgument: a binary file (binary_kind.h) whose name does
// not say so.
absl::StatusOr<KeyedVectors> ReadKeyedVectors(const std::string& path);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_VECTOR_INPUT_H_
