// A file whose vectors are queries.
#ifndef EMBED_APPS_QUERY_VECTORS_H_
#define EMBED_APPS_QUERY_VECTORS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/query.h"
#include "embed/model/embedding_table.h"
#include "embed/model/vocabulary.h"

namespace embed {

// Whether `path` has the name of a file of vectors: .npy, .vec, .bin, .embed,
// all with .gz or .zst behind as well.
bool IsVectorFile(absl::string_view path);

struct QueryVectors {
  uint64_t size() const { return table.rows(); }
  // Named by the vector's key or, in a .npy file, its row from 0.
  ResolvedQuery query(uint64_t row) const;

  Vocabulary vocabulary;  // empty of .npy
  EmbeddingTable table;
};

// Errors: those of ReadNpy() and ReadVectors(). InvalidArgument: another dim.
absl::StatusOr<QueryVectors> ReadQueryVectors(const std::string& path, int dim);

}  // namespace embed

#endif  // EMBED_APPS_QUERY_VECTORS_H_
