#include "embed/model/feature_map.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace embed {

absl::StatusOr<FeatureMap> FeatureMap::Create(std::vector<uint64_t> offsets,
                                              std::vector<uint32_t> rows,
                                              std::vector<uint64_t> row_keys,
                                              Compose compose) {
  for (size_t i = 1; i < row_keys.size(); ++i) {
    if (row_keys[i] <= row_keys[i - 1]) {
      return absl::InvalidArgumentError(
          absl::StrCat("feature key ", i, " is not above the one before it"));
    }
  }
  auto map = CreateWithoutKeys(std::move(offsets), std::move(rows),
                               static_cast<uint32_t>(row_keys.size()), compose);
  if (map.ok()) map->row_keys_ = std::move(row_keys);
  return map;
}

absl::StatusOr<FeatureMap> FeatureMap::CreateWithoutKeys(
    std::vector<uint64_t> offsets, std::vector<uint32_t> rows,
    uint32_t num_rows, Compose compose) {
  if (offsets.empty() || offsets.front() != 0 ||
      offsets.back() != rows.size()) {
    return absl::InvalidArgumentError(
        "feature offsets must run from 0 to the number of features");
  }
  for (size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i] < offsets[i - 1]) {
      return absl::InvalidArgumentError(
          absl::StrCat("feature offset ", i, " is below the one before it"));
    }
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= num_rows) {
      return absl::InvalidArgumentError(absl::StrCat(
          "feature ", i, " names row ", rows[i], " of ", num_rows));
    }
  }
  FeatureMap map;
  map.offsets_ = std::move(offsets);
  map.rows_ = std::move(rows);
  map.num_rows_ = num_rows;
  map.compose_ = compose;
  return map;
}

}  // namespace embed
