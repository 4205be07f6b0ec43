#include "embed/index/key_table.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "embed/base/check.h"

namespace embed {
namespace {

// The memory of a table that was built here.
struct KeyStorage {
  std::string text;
  std::vector<uint64_t> bases;
  std::vector<uint32_t> offsets;
  std::vector<uint32_t> order;
};

}  // namespace

KeyTable KeyTable::Build(const Vocabulary& vocabulary) {
  auto storage = std::make_shared<KeyStorage>();
  const uint32_t size = vocabulary.size();
  storage->text = std::string(vocabulary.text());
  storage->offsets.reserve(size);
  for (uint32_t id = 0; id < size; ++id) {
    const uint64_t start = vocabulary.offsets()[id];
    if (id % kKeysPerBase == 0) storage->bases.push_back(start);
    storage->offsets.push_back(
        static_cast<uint32_t>(start - storage->bases.back()));
  }
  storage->order.resize(size);
  std::iota(storage->order.begin(), storage->order.end(), 0);
  std::sort(storage->order.begin(), storage->order.end(),
            [&](uint32_t a, uint32_t b) {
              return vocabulary.key(a) < vocabulary.key(b);
            });
  const Parts parts = {storage->text, storage->bases, storage->offsets,
                       storage->order};
  return KeyTable(parts, std::move(storage));
}

absl::Status KeyTable::Check() const {
  for (uint64_t id = 0; id < size(); ++id) {
    const uint64_t begin = Start(id);
    const uint64_t end = Start(id + 1);
    if (begin >= end || end > parts_.text.size() ||
        end - begin > Vocabulary::kMaxKeyBytes || (id == 0 && begin != 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("key ", id, " covers bytes ", begin, " to ", end, " of ",
                       parts_.text.size()));
    }
  }
  // size() ids in range with strictly rising keys: each id is there once.
  for (uint64_t i = 0; i < size(); ++i) {
    const uint32_t id = parts_.order[i];
    if (id >= size() || (i > 0 && key(parts_.order[i - 1]) >= key(id))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "entry ", i, " of the key order, ", id, ", is out of order"));
    }
  }
  return absl::OkStatus();
}

absl::string_view KeyTable::key(uint64_t id) const {
  EMBED_DCHECK(id < size());
  const uint64_t begin = Start(id);
  const uint64_t end = std::min<uint64_t>(Start(id + 1), parts_.text.size());
  if (begin > end) return {};
  return parts_.text.substr(begin, end - begin);
}

std::optional<uint32_t> KeyTable::Find(absl::string_view wanted) const {
  const auto precedes = [&](uint32_t id, absl::string_view text) {
    return id < size() && key(id) < text;
  };
  const auto found = std::lower_bound(parts_.order.begin(), parts_.order.end(),
                                      wanted, precedes);
  if (found == parts_.order.end() || *found >= size() ||
      key(*found) != wanted) {
    return std::nullopt;
  }
  return *found;
}

absl::Span<const uint32_t> KeyTable::WithPrefix(
    absl::string_view prefix) const {
  // Keys cut to the prefix's length are in order as well.
  const auto start = [&](uint32_t id) {
    return id < size() ? key(id).substr(0, prefix.size()) : absl::string_view();
  };
  const auto& order = parts_.order;
  const auto begin = std::lower_bound(
      order.begin(), order.end(), prefix,
      [&](uint32_t id, absl::string_view text) { return start(id) < text; });
  const auto end = std::upper_bound(
      begin, order.end(), prefix,
      [&](absl::string_view text, uint32_t id) { return text < start(id); });
  return order.subspan(begin - order.begin(), end - begin);
}

uint64_t KeyTable::Start(uint64_t id) const {
  if (id == size()) return parts_.text.size();
  return parts_.bases[id / kKeysPerBase] + parts_.offsets[id];
}

}  // namespace embed
