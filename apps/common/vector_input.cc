#include "apps/common/vector_input.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "apps/common/binary_kind.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/index/index_vectors.h"
#include "embed/index/item_index.h"
#include "embed/io/vector_reader.h"

namespace embed {
namespace {

// A file that is not text nor what its name says. Names tell the forms.
absl::Status CheckName(const std::string& path) {
  const std::string kind = BinaryKind(path);
  if (kind.empty() || absl::EndsWith(path, ".embed") ||
      absl::EndsWith(path, ".npy")) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", kind,
                   "; expected a name that says so: .embed, .faiss, .npy, .bin "
                   "for fastText's and word2vec's binary files, else text"));
}

}  // namespace

absl::StatusOr<KeyedVectors> ReadKeyedVectors(const std::string& path) {
  if (!absl::EndsWith(path, ".faiss")) {
    EMBED_RETURN_IF_ERROR(CheckName(path));
    return ReadVectors(path);
  }
  EMBED_ASSIGN_OR_RETURN(const ItemIndex index, ItemIndex::Open(path));
  EMBED_ASSIGN_OR_RETURN(KeyedVectors vectors,
                         WithPrefix(path, VectorsOf(index)));
  vectors.tolerated.push_back(absl::StrCat(
      path, ": an index; its vectors are as it keeps them, rounded"));
  return vectors;
}

}  // namespace embed
