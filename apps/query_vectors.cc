#include "apps/query_vectors.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/io/npy_reader.h"
#include "embed/io/vector_reader.h"

namespace embed {
namespace {

// Without .gz or .zst.
absl::string_view PlainName(absl::string_view path) {
  if (!absl::ConsumeSuffix(&path, ".gz")) absl::ConsumeSuffix(&path, ".zst");
  return path;
}

}  // namespace

bool IsVectorFile(absl::string_view path) {
  for (const char* ending : {".npy", ".vec", ".bin", ".embed"}) {
    if (absl::EndsWith(PlainName(path), ending)) return true;
  }
  return false;
}

ResolvedQuery QueryVectors::query(uint64_t row) const {
  ResolvedQuery query;
  query.text = vocabulary.size() > 0
                   ? std::string(vocabulary.key(static_cast<uint32_t>(row)))
                   : absl::StrCat(row);
  query.one_key = true;
  const absl::Span<const float> values = table.view().row(row);
  query.vector.assign(values.begin(), values.end());
  return query;
}

absl::StatusOr<QueryVectors> ReadQueryVectors(const std::string& path,
                                              int dim) {
  QueryVectors queries;
  if (absl::EndsWith(PlainName(path), ".npy")) {
    EMBED_ASSIGN_OR_RETURN(queries.table, ReadNpy(path));
  } else {
    EMBED_ASSIGN_OR_RETURN(KeyedVectors vectors, ReadVectors(path));
    queries.vocabulary = std::move(vectors.vocabulary);
    queries.table = std::move(vectors.table);
  }
  if (queries.size() > 0 && queries.table.dim() != dim) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": vectors of ", queries.table.dim(),
                     " numbers, the index has ", dim));
  }
  return queries;
}

}  // namespace embed
