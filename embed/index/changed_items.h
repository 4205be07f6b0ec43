// What changes make of an index: rows that are no longer there, and further
// rows beside it, coded with the index's mean and rotation. A search looks in
// the index for what is left of it, exhaustively through the further rows, and
// joins the two: the scores are those of an index that was built with all rows.
//
// Ids of items go on behind those of the index. Those of deleted items, and the
// former ids of items with a new vector, stay and lead to nothing, until so
// many of the further rows are such that these are dropped and the others get
// new ids (renumbered()).
//
// A change costs time and memory in proportion to the further rows and to one
// bit of the others; 10,000 further rows of dim 128 take as long to search as
// 10,000 rows of any flat index. When there are many, ItemIndex::Compacted().
//
// Immutable: any number of threads may use it.
#ifndef EMBED_INDEX_CHANGED_ITEMS_H_
#define EMBED_INDEX_CHANGED_ITEMS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/base/hash_table.h"
#include "embed/index/change_log.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"

namespace embed {

class ItemIndex;

class ChangedItems {
 public:
  // base: an index without changes. before: what earlier changes made of it, or
  // null. The changes follow one another, so that a later one of a key is one
  // to what an earlier one left.
  // InvalidArgument (naming the key): it is empty or too long, a vector of
  // another dim or not finite, a type that the index has not, none for a new
  // item of an index with types. NotFound: a deletion of what is not there.
  // ResourceExhausted.
  static absl::StatusOr<std::shared_ptr<const ChangedItems>> Apply(
      std::shared_ptr<const ItemIndex> base, const ChangedItems* before,
      absl::Span<const ItemChange> changes);

  const ItemIndex& base() const { return *base_; }
  // Ids are below this.
  uint64_t size() const { return base_rows_ + keys_.size(); }
  uint64_t num_items() const { return num_items_; }
  // Of the index and further ones, deleted or replaced rows included.
  uint64_t num_further() const { return keys_.size(); }
  // How often further rows have got new ids since base().
  uint64_t renumbered() const { return renumbered_; }
  // id < size().
  bool Has(uint32_t id) const { return (live_[id / 64] >> id % 64 & 1) != 0; }
  absl::string_view key(uint32_t id) const;
  absl::string_view type(uint32_t id) const;
  std::optional<uint32_t> Find(absl::string_view key) const;
  // Writes the row of `id` to out [dim].
  void Row(uint32_t id, absl::Span<float> out) const;

  // As those of ItemIndex.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const;
  absl::StatusOr<SearchHits> RangeSearch(const MatrixView& queries,
                                         float min_score,
                                         const SearchOptions& options) const;

  // The rows that are there, in the order of their ids. InvalidArgument: none.
  absl::StatusOr<Int8Table> LiveTable() const;

 private:
  class Builder;
  ChangedItems() = default;

  // The bits of [first, first + count) that are live and allowed; empty if all
  // are.
  std::vector<uint64_t> Allowed(absl::Span<const uint64_t> allowed,
                                uint64_t first, uint64_t count) const;
  // Searches the index and the further rows, and joins what `options.k` wants
  // of both.
  template <typename SearchOne>
  absl::StatusOr<SearchHits> Join(const SearchOptions& options, uint64_t k,
                                  const SearchOne& search) const;

  std::shared_ptr<const ItemIndex> base_;
  uint64_t base_rows_ = 0;
  uint64_t num_items_ = 0;
  uint64_t base_live_ = 0;
  uint64_t renumbered_ = 0;
  std::vector<uint64_t> live_;  // [size] bits
  // Of the further rows.
  std::optional<Int8Table> table_;  // none without rows
  std::vector<std::string> keys_;
  std::vector<std::string> types_;
  HashMap<std::string, uint32_t> ids_;  // of those that are there
};

}  // namespace embed

#endif  // EMBED_INDEX_CHANGED_ITEMS_H_
