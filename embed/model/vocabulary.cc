#include "embed/model/vocabulary.h"

#include <numeric>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/hash.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr uint64_t kEmptySlot = ~uint64_t{0};
constexpr uint64_t kTagMask = 0xFFFFFFFF00000000;

}  // namespace

absl::StatusOr<Vocabulary> Vocabulary::Create(
    const std::vector<std::string>& keys, std::vector<uint64_t> counts) {
  std::string text;
  std::vector<uint64_t> offsets = {0};
  offsets.reserve(keys.size() + 1);
  for (const std::string& key : keys) {
    text += key;
    offsets.push_back(text.size());
  }
  return Create(std::move(text), std::move(offsets), std::move(counts));
}

absl::StatusOr<Vocabulary> Vocabulary::Create(std::string text,
                                              std::vector<uint64_t> offsets,
                                              std::vector<uint64_t> counts) {
  if (offsets.size() != counts.size() + 1 || offsets.front() != 0 ||
      offsets.back() != text.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("a vocabulary of ", offsets.size(), " offsets and ",
                     counts.size(), " counts"));
  }
  if (counts.size() > kMaxSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a vocabulary of ", counts.size(), " keys; at most ", kMaxSize));
  }
  for (size_t i = 0; i < counts.size(); ++i) {
    if (offsets[i] >= offsets[i + 1] ||
        offsets[i + 1] - offsets[i] > kMaxKeyBytes ||
        offsets[i + 1] > text.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "key ", i, " is empty or longer than ", kMaxKeyBytes, " bytes"));
    }
  }
  Vocabulary vocabulary;
  vocabulary.text_ = std::move(text);
  vocabulary.offsets_ = std::move(offsets);
  vocabulary.set_counts(std::move(counts));
  EMBED_RETURN_IF_ERROR(vocabulary.BuildLookup());
  return vocabulary;
}

void Vocabulary::set_counts(std::vector<uint64_t> counts) {
  EMBED_DCHECK(counts.size() + 1 == offsets_.size());
  counts_ = std::move(counts);
  total_count_ = std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

absl::Status Vocabulary::SetTypes(std::vector<std::string> names,
                                  std::vector<uint16_t> types) {
  constexpr size_t kMostTypes = 65535;
  if (types.size() != size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        types.size(), " types of keys, expected one for each of ", size()));
  }
  if (names.size() > kMostTypes) {
    return absl::InvalidArgumentError(
        absl::StrCat(names.size(), " names of types; at most ", kMostTypes));
  }
  std::set<absl::string_view> different;
  for (const std::string& name : names) {
    if (name.empty() || !different.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "name of a type ", Quoted(name), " is empty or given twice"));
    }
  }
  for (size_t id = 0; id < types.size(); ++id) {
    if (types[id] < names.size()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("key ", id, " has type ", types[id], ", expected 0 to ",
                     names.size(), " (exclusive)"));
  }
  type_names_ = std::move(names);
  types_ = std::move(types);
  return absl::OkStatus();
}

absl::Status Vocabulary::BuildLookup() {
  size_t capacity = 16;
  while (capacity < 2 * counts_.size()) capacity *= 2;
  slots_.assign(capacity, kEmptySlot);
  for (uint32_t id = 0; id < size(); ++id) {
    const uint64_t hash = Hash64(key(id));
    size_t slot = hash & (capacity - 1);
    for (; slots_[slot] != kEmptySlot; slot = (slot + 1) & (capacity - 1)) {
      if ((slots_[slot] & kTagMask) == (hash & kTagMask) &&
          key(static_cast<uint32_t>(slots_[slot])) == key(id)) {
        return absl::InvalidArgumentError(
            absl::StrCat("key ", Quoted(key(id)), " is given twice"));
      }
    }
    slots_[slot] = (hash & kTagMask) | id;
  }
  return absl::OkStatus();
}

uint32_t Vocabulary::Find(absl::string_view wanted) const {
  if (slots_.empty()) return kNotFound;
  const uint64_t hash = Hash64(wanted);
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask; slots_[slot] != kEmptySlot;
       slot = (slot + 1) & mask) {
    const uint32_t id = static_cast<uint32_t>(slots_[slot]);
    if ((slots_[slot] & kTagMask) == (hash & kTagMask) && key(id) == wanted) {
      return id;
    }
  }
  return kNotFound;
}

}  // namespace embed
