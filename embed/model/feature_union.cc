#include "embed/model/feature_union.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/model/vocabulary.h"

namespace embed {
namespace {

// How rows become those of the union, and come from those of the second.
struct RowChange {
  std::vector<uint32_t> from_first;
  std::vector<uint32_t> from_second;
  std::vector<uint32_t> to_second;
};

// For each of the rising `keys`, its place in `all`, also rising; kNotFound.
std::vector<uint32_t> Places(absl::Span<const uint64_t> keys,
                             absl::Span<const uint64_t> all) {
  std::vector<uint32_t> places;
  places.reserve(keys.size());
  auto at = all.begin();
  for (const uint64_t key : keys) {
    at = std::lower_bound(at, all.end(), key);
    places.push_back(at != all.end() && *at == key
                         ? static_cast<uint32_t>(at - all.begin())
                         : Vocabulary::kNotFound);
  }
  return places;
}

std::vector<uint64_t> UniteKeys(absl::Span<const uint64_t> first,
                                absl::Span<const uint64_t> second) {
  std::vector<uint64_t> keys;
  std::set_union(first.begin(), first.end(), second.begin(), second.end(),
                 std::back_inserter(keys));
  return keys;
}

RowChange ByKeys(const FeatureMap& first, const FeatureMap& second,
                 absl::Span<const uint64_t> keys) {
  return {Places(first.row_keys(), keys), Places(second.row_keys(), keys),
          Places(keys, second.row_keys())};
}

// Rows without keys: row i belongs to id i, the buckets come after all ids.
RowChange ByNumbers(const FeatureMap& first, const FeatureMap& second,
                    absl::Span<const uint32_t> second_ids) {
  const uint32_t ids = static_cast<uint32_t>(second_ids.size());
  const uint32_t buckets = first.num_rows() - first.num_ids();
  RowChange change;
  change.from_second.assign(second.num_ids(), Vocabulary::kNotFound);
  for (uint32_t id = 0; id < ids; ++id) {
    if (id < first.num_ids()) change.from_first.push_back(id);
    const uint32_t other = second_ids[id];
    if (other != Vocabulary::kNotFound) change.from_second[other] = id;
    change.to_second.push_back(other);
  }
  for (uint32_t bucket = 0; bucket < buckets; ++bucket) {
    change.from_first.push_back(ids + bucket);
    change.from_second.push_back(ids + bucket);
    change.to_second.push_back(second.num_ids() + bucket);
  }
  return change;
}

absl::Status CheckAlike(const FeatureMap& first, const FeatureMap& second,
                        uint64_t ids) {
  if (first.compose() != second.compose()) {
    return absl::InvalidArgumentError(
        "the features of one are summed, those of the other averaged");
  }
  if (first.row_keys().empty() != second.row_keys().empty()) {
    return absl::InvalidArgumentError(
        "the features of one have keys, those of the other are hashed");
  }
  if (!first.row_keys().empty()) return absl::OkStatus();
  if (first.num_rows() < first.num_ids() ||
      second.num_rows() < second.num_ids() ||
      first.num_rows() - first.num_ids() !=
          second.num_rows() - second.num_ids()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "rows of ", first.num_rows(), " and ", second.num_rows(),
        " features, expected one for each key and equally many buckets"));
  }
  if (ids + first.num_rows() - first.num_ids() > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError("more than 2^31 rows of features");
  }
  return absl::OkStatus();
}

void AppendRows(absl::Span<const uint32_t> own,
                absl::Span<const uint32_t> places, std::vector<uint32_t>* rows,
                std::vector<uint64_t>* offsets) {
  for (const uint32_t row : own) rows->push_back(places[row]);
  offsets->push_back(rows->size());
}

}  // namespace

absl::StatusOr<FeatureUnion> UniteFeatures(
    const FeatureMap& first, const FeatureMap& second,
    absl::Span<const uint32_t> second_ids) {
  EMBED_RETURN_IF_ERROR(CheckAlike(first, second, second_ids.size()));
  const bool keep_second = second_ids.size() > first.num_ids();
  const bool with_keys = !first.row_keys().empty();
  std::vector<uint64_t> keys =
      UniteKeys(first.row_keys(),
                keep_second ? second.row_keys() : absl::Span<const uint64_t>());
  if (keys.size() > Vocabulary::kMaxSize) {
    return absl::InvalidArgumentError("more than 2^31 rows of features");
  }
  RowChange change = with_keys ? ByKeys(first, second, keys)
                               : ByNumbers(first, second, second_ids);
  std::vector<uint64_t> offsets = {0};
  std::vector<uint32_t> rows;
  for (uint32_t id = 0; id < second_ids.size(); ++id) {
    if (id < first.num_ids()) {
      AppendRows(first.Rows(id), change.from_first, &rows, &offsets);
    } else {
      AppendRows(second.Rows(second_ids[id]), change.from_second, &rows,
                 &offsets);
    }
  }
  FeatureUnion all;
  const uint32_t num_rows = static_cast<uint32_t>(change.to_second.size());
  all.second_rows = std::move(change.to_second);
  auto features =
      with_keys
          ? FeatureMap::Create(std::move(offsets), std::move(rows),
                               std::move(keys), first.compose())
          : FeatureMap::CreateWithoutKeys(std::move(offsets), std::move(rows),
                                          num_rows, first.compose());
  EMBED_ASSIGN_OR_RETURN(all.features, std::move(features));
  return all;
}

}  // namespace embed
