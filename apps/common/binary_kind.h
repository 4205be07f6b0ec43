// Files that are not text, told by their first bytes, for messages.
#ifndef EMBED_APPS_COMMON_BINARY_KIND_H_
#define EMBED_APPS_COMMON_BINARY_KIND_H_

#include <string>

namespace embed {

// "a model (.embed)", "an index (.faiss)", "a checkpoint", "a matrix of NumPy
// (.npy)", "an index of FAISS"; empty: none of these, or no plain file, of
// which nothing is read.
std::string BinaryKind(const std::string& path);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_BINARY_KIND_H_
