#include "embed/index/item_filter.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// Keeps what both have; nothing in `bits` yet means all.
void Intersect(std::vector<uint64_t> more, std::vector<uint64_t>* bits) {
  if (bits->empty()) {
    *bits = std::move(more);
    return;
  }
  for (size_t word = 0; word < bits->size(); ++word) {
    (*bits)[word] &= more[word];
  }
}

// The bits of the items of any of these types.
absl::StatusOr<std::vector<uint64_t>> ItemsOfTypes(
    const ItemIndex& index, const std::vector<std::string>& types) {
  std::vector<uint64_t> bits;
  for (const std::string& type : types) {
    std::optional<std::vector<uint64_t>> more = index.ItemsOfType(type);
    if (!more.has_value()) {
      const std::vector<std::string>& names = index.type_names();
      return absl::InvalidArgumentError(
          names.empty()
              ? absl::StrCat("the index has no types, so none \"", type,
                             "\"; one of a typed graph has")
              : absl::StrCat("the index has no type \"", type,
                             "\"; its types: ", absl::StrJoin(names, ", ")));
    }
    bits.resize(more->size());
    for (size_t word = 0; word < bits.size(); ++word) {
      bits[word] |= (*more)[word];
    }
  }
  return bits;
}

// The bits of the items with these keys; adds the other keys to `unknown`.
std::vector<uint64_t> ItemsWithKeys(const ItemIndex& index,
                                    const std::vector<std::string>& keys,
                                    std::vector<std::string>* unknown) {
  std::vector<uint64_t> bits((index.size() + 63) / 64);
  for (const std::string& key : keys) {
    const std::optional<uint32_t> id = index.Find(key);
    if (id.has_value()) {
      bits[*id / 64] |= uint64_t{1} << *id % 64;
    } else {
      unknown->push_back(key);
    }
  }
  return bits;
}

}  // namespace

absl::StatusOr<FilteredItems> FilterItems(const ItemIndex& index,
                                          const ItemFilter& filter) {
  FilteredItems items;
  if (!filter.types.empty()) {
    EMBED_ASSIGN_OR_RETURN(items.bits, ItemsOfTypes(index, filter.types));
  }
  if (!filter.prefix.empty()) {
    Intersect(index.ItemsWithPrefix(filter.prefix), &items.bits);
  }
  if (filter.allow.has_value()) {
    Intersect(ItemsWithKeys(index, *filter.allow, &items.unknown), &items.bits);
  }
  if (!filter.deny.empty()) {
    std::vector<uint64_t> others =
        ItemsWithKeys(index, filter.deny, &items.unknown);
    for (uint64_t& word : others) word = ~word;
    Intersect(std::move(others), &items.bits);
  }
  return items;
}

}  // namespace embed
