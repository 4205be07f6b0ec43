#include "embed/index/index_vectors.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Of the items with these ids.
absl::Status SetTypesOf(const ItemIndex& index,
                        const std::vector<uint32_t>& ids,
                        Vocabulary* vocabulary) {
  const std::vector<std::string>& names = index.type_names();
  if (names.empty()) return absl::OkStatus();
  std::vector<uint16_t> types;
  for (const uint32_t id : ids) {
    const auto name = std::find(names.begin(), names.end(), index.type(id));
    types.push_back(static_cast<uint16_t>(name - names.begin()));
  }
  return vocabulary->SetTypes(names, std::move(types));
}

}  // namespace

absl::StatusOr<KeyedVectors> VectorsOf(const ItemIndex& index) {
  std::vector<uint32_t> ids;
  std::vector<std::string> keys;
  for (uint64_t i = 0; i < index.size(); ++i) {
    const auto id = static_cast<uint32_t>(i);
    if (!index.Has(id)) continue;
    ids.push_back(id);
    keys.emplace_back(index.key(id));
  }
  if (ids.empty()) return absl::InvalidArgumentError("no item is left");
  KeyedVectors vectors;
  EMBED_ASSIGN_OR_RETURN(
      vectors.vocabulary,
      Vocabulary::Create(keys, std::vector<uint64_t>(keys.size())));
  EMBED_RETURN_IF_ERROR(SetTypesOf(index, ids, &vectors.vocabulary));
  EMBED_ASSIGN_OR_RETURN(vectors.table,
                         EmbeddingTable::Create(ids.size(), index.dim()));
  for (uint64_t row = 0; row < ids.size(); ++row) {
    const std::vector<float> vector = index.Vector(ids[row]);
    std::copy(vector.begin(), vector.end(), vectors.table.row(row));
  }
  return vectors;
}

}  // namespace embed
