#include "apps/common/vector_input.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/index/index_vectors.h"
#include "embed/index/item_index.h"
#include "embed/io/vector_reader.h"

namespace embed {

absl::StatusOr<KeyedVectors> ReadKeyedVectors(const std::string& path) {
  if (!absl::EndsWith(path, ".faiss")) return ReadVectors(path);
  EMBED_ASSIGN_OR_RETURN(const ItemIndex index, ItemIndex::Open(path));
  absl::StatusOr<KeyedVectors> vectors = VectorsOf(index);
  if (!vectors.ok()) {
    return absl::Status(vectors.status().code(),
                        absl::StrCat(path, ": ", vectors.status().message()));
  }
  vectors->tolerated.push_back(absl::StrCat(
      path, ": an index; its vectors are as it keeps them, rounded"));
  return vectors;
}

}  // namespace embed
