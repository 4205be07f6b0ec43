#include "embed/model/vocabulary_union.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// The type of every id of the union.
absl::Status UniteTypes(const Vocabulary& first, const Vocabulary& second,
                        absl::Span<const uint32_t> added, Vocabulary* all) {
  if (first.type_names().empty() && added.empty()) return absl::OkStatus();
  if (!added.empty() &&
      first.type_names().empty() != second.type_names().empty()) {
    return absl::InvalidArgumentError(
        "keys of one vocabulary have types, those of the other have none");
  }
  if (first.type_names().empty()) return absl::OkStatus();
  std::vector<std::string> names = first.type_names();
  std::vector<uint16_t> numbers;  // of the second's types in `names`
  for (const std::string& name : second.type_names()) {
    const auto at = std::find(names.begin(), names.end(), name);
    numbers.push_back(static_cast<uint16_t>(at - names.begin()));
    if (at == names.end()) names.push_back(name);
  }
  std::vector<uint16_t> types(first.types().begin(), first.types().end());
  for (const uint32_t id : added) types.push_back(numbers[second.types()[id]]);
  return all->SetTypes(std::move(names), std::move(types));
}

}  // namespace

absl::StatusOr<VocabularyUnion> UniteVocabularies(const Vocabulary& first,
                                                  const Vocabulary& second,
                                                  bool keep_second) {
  VocabularyUnion all;
  all.second_ids.reserve(first.size());
  for (uint32_t id = 0; id < first.size(); ++id) {
    all.second_ids.push_back(second.Find(first.key(id)));
  }
  std::vector<uint32_t> added;  // ids of the second
  std::string text(first.text());
  std::vector<uint64_t> offsets(first.offsets().begin(), first.offsets().end());
  for (uint32_t id = 0; keep_second && id < second.size(); ++id) {
    if (first.Find(second.key(id)) != Vocabulary::kNotFound) continue;
    added.push_back(id);
    text.append(second.key(id).data(), second.key(id).size());
    offsets.push_back(text.size());
  }
  std::vector<uint64_t> counts(first.counts().begin(), first.counts().end());
  counts.resize(first.size() + added.size());
  EMBED_ASSIGN_OR_RETURN(all.vocabulary,
                         Vocabulary::Create(std::move(text), std::move(offsets),
                                            std::move(counts)));
  EMBED_RETURN_IF_ERROR(UniteTypes(first, second, added, &all.vocabulary));
  all.second_ids.insert(all.second_ids.end(), added.begin(), added.end());
  return all;
}

}  // namespace embed
