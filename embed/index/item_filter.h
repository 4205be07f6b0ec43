// Which items may be answers, as the bitmap that searches take.
#ifndef EMBED_INDEX_ITEM_FILTER_H_
#define EMBED_INDEX_ITEM_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/index/item_index.h"

namespace embed {

// All that is given must hold.
struct ItemFilter {
  bool empty() const {
    return prefix.empty() && types.empty() && !allow.has_value() &&
           deny.empty();
  }

  std::string prefix;                             // the key starts with it
  std::vector<std::string> types;                 // the item is of one of these
  std::optional<std::vector<std::string>> allow;  // the key is among these
  std::vector<std::string> deny;                  // the key is not
};

struct FilteredItems {
  // For SearchOptions::allowed: a bit an id; empty (every item) of an empty
  // filter.
  std::vector<uint64_t> bits;
  // Keys of allow and deny that the index does not hold.
  std::vector<std::string> unknown;
};

// O(size / 64 + items found + log size for each key of the lists). The bits are
// those of this index, not of one with other changes. InvalidArgument: the
// index has no such type; the message names those it has.
absl::StatusOr<FilteredItems> FilterItems(const ItemIndex& index,
                                          const ItemFilter& filter);

}  // namespace embed

#endif  // EMBED_INDEX_ITEM_FILTER_H_
