#include "embed/index/changed_items.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/index/hit_order.h"
#include "embed/index/item_index.h"

namespace embed {
namespace {

// Rows that are no longer there are dropped once they are so many, and more
// than those that are.
constexpr uint64_t kKeptDead = 1024;

std::vector<uint32_t> AllRows(uint64_t count) {
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

}  // namespace

// Applies changes to a copy.
class ChangedItems::Builder {
 public:
  Builder(std::shared_ptr<const ItemIndex> base, const ChangedItems* before)
      : items_(before == nullptr ? Unchanged(std::move(base))
                                 : ChangedItems(*before)),
        old_rows_(items_.keys_.size()) {}

  absl::Status Apply(const ItemChange& change) {
    if (change.key.empty() || change.key.size() > Vocabulary::kMaxKeyBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("a key of ", change.key.size(), " bytes, expected 1 to ",
                       Vocabulary::kMaxKeyBytes));
    }
    const std::optional<uint32_t> id = items_.Find(change.key);
    if (change.kind == ItemChange::Kind::kDelete) {
      if (!id.has_value()) {
        return absl::NotFoundError(
            absl::StrCat(Quoted(change.key),
                         " is not in the index, so it cannot be deleted"));
      }
      Remove(*id);
      return absl::OkStatus();
    }
    EMBED_RETURN_IF_ERROR(CheckVector(change));
    EMBED_ASSIGN_OR_RETURN(std::string type, TypeOf(change, id));
    if (id.has_value()) Remove(*id);
    Add(change, std::move(type));
    return absl::OkStatus();
  }

  absl::StatusOr<std::shared_ptr<const ChangedItems>> Finish() {
    EMBED_RETURN_IF_ERROR(CodeNewRows());
    const uint64_t further = items_.keys_.size();
    const uint64_t dead = further - items_.ids_.size();
    if (dead > kKeptDead && dead > further / 2) {
      EMBED_RETURN_IF_ERROR(DropDead());
    }
    return std::shared_ptr<const ChangedItems>(
        new ChangedItems(std::move(items_)));
  }

 private:
  static ChangedItems Unchanged(std::shared_ptr<const ItemIndex> base) {
    ChangedItems items;
    items.base_rows_ = base->size();
    items.num_items_ = items.base_live_ = items.base_rows_;
    items.base_ = std::move(base);
    items.live_.assign((items.base_rows_ + 63) / 64, ~uint64_t{0});
    if (items.base_rows_ % 64 != 0) {
      items.live_.back() = (uint64_t{1} << items.base_rows_ % 64) - 1;
    }
    return items;
  }

  absl::Status CheckVector(const ItemChange& change) const {
    const size_t dim = static_cast<size_t>(items_.base_->dim());
    if (change.vector.size() != dim) {
      return absl::InvalidArgumentError(
          absl::StrCat("the vector of ", Quoted(change.key), " has ",
                       change.vector.size(), " numbers, expected ", dim));
    }
    for (const float value : change.vector) {
      if (!std::isfinite(value)) {
        return absl::InvalidArgumentError(
            absl::StrCat("the vector of ", Quoted(change.key),
                         " has a value that is not a finite number"));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> TypeOf(const ItemChange& change,
                                     std::optional<uint32_t> id) const {
    const std::vector<std::string>& names = items_.base_->type_names();
    if (change.type.empty()) {
      if (names.empty() || id.has_value()) {
        return id.has_value() ? std::string(items_.type(*id)) : "";
      }
      return absl::InvalidArgumentError(absl::StrCat(
          Quoted(change.key), " has no type, expected one of ",
          absl::StrJoin(names, ", "), ": the index is of a typed network"));
    }
    if (std::find(names.begin(), names.end(), change.type) == names.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          Quoted(change.key), " has type ", Quoted(change.type),
          ", but the index has ",
          names.empty() ? "no types" : absl::StrJoin(names, ", ")));
    }
    return change.type;
  }

  void Remove(uint32_t id) {
    items_.live_[id / 64] &= ~(uint64_t{1} << id % 64);
    --items_.num_items_;
    if (id < items_.base_rows_) {
      --items_.base_live_;
    } else {
      items_.ids_.erase(items_.keys_[id - items_.base_rows_]);
    }
  }

  void Add(const ItemChange& change, std::string type) {
    const uint64_t id = items_.size();
    if (id % 64 == 0) items_.live_.push_back(0);
    items_.live_[id / 64] |= uint64_t{1} << id % 64;
    ++items_.num_items_;
    items_.ids_[change.key] = static_cast<uint32_t>(id);
    items_.keys_.push_back(change.key);
    items_.types_.push_back(std::move(type));
    vectors_.insert(vectors_.end(), change.vector.begin(), change.vector.end());
  }

  absl::Status CodeNewRows() {
    if (items_.size() > Vocabulary::kMaxSize) {
      return absl::InvalidArgumentError(absl::StrCat(
          "an index of more than ", Vocabulary::kMaxSize, " rows"));
    }
    const uint64_t added = items_.keys_.size() - old_rows_;
    if (added == 0) return absl::OkStatus();
    const int dim = items_.base_->dim();
    EMBED_ASSIGN_OR_RETURN(Int8Table more,
                           Int8Table::BuildLike(items_.base_->table(),
                                                {vectors_.data(), added, dim,
                                                 static_cast<uint64_t>(dim)},
                                                /*threads=*/1));
    if (items_.table_.has_value()) {
      EMBED_ASSIGN_OR_RETURN(
          more, Int8Table::Gather(*items_.table_, AllRows(old_rows_), more,
                                  AllRows(added)));
    }
    items_.table_.emplace(std::move(more));
    return absl::OkStatus();
  }

  // Gives the further rows that are there new ids, in the same order.
  absl::Status DropDead() {
    std::vector<uint32_t> kept;
    std::vector<std::string> keys;
    std::vector<std::string> types;
    for (uint64_t row = 0; row < items_.keys_.size(); ++row) {
      const uint64_t id = items_.base_rows_ + row;
      if (!items_.Has(static_cast<uint32_t>(id))) continue;
      items_.ids_[items_.keys_[row]] =
          static_cast<uint32_t>(items_.base_rows_ + kept.size());
      kept.push_back(static_cast<uint32_t>(row));
      keys.push_back(std::move(items_.keys_[row]));
      types.push_back(std::move(items_.types_[row]));
    }
    std::optional<Int8Table> table;
    if (!kept.empty()) {
      EMBED_ASSIGN_OR_RETURN(
          table, Int8Table::Gather(*items_.table_, kept, *items_.table_, {}));
    }
    ++items_.renumbered_;
    items_.table_ = std::move(table);
    items_.keys_ = std::move(keys);
    items_.types_ = std::move(types);
    items_.live_.resize((items_.size() + 63) / 64);
    for (uint64_t id = items_.base_rows_; id < items_.live_.size() * 64; ++id) {
      const uint64_t bit = uint64_t{1} << id % 64;
      if (id < items_.size()) {
        items_.live_[id / 64] |= bit;
      } else {
        items_.live_[id / 64] &= ~bit;
      }
    }
    return absl::OkStatus();
  }

  ChangedItems items_;
  const uint64_t old_rows_;     // further rows before these changes
  std::vector<float> vectors_;  // of those that were added
};

absl::StatusOr<std::shared_ptr<const ChangedItems>> ChangedItems::Apply(
    std::shared_ptr<const ItemIndex> base, const ChangedItems* before,
    absl::Span<const ItemChange> changes) {
  Builder builder(std::move(base), before);
  for (const ItemChange& change : changes) {
    EMBED_RETURN_IF_ERROR(builder.Apply(change));
  }
  return builder.Finish();
}

absl::string_view ChangedItems::key(uint32_t id) const {
  return id < base_rows_ ? base_->key(id) : keys_[id - base_rows_];
}

absl::string_view ChangedItems::type(uint32_t id) const {
  return id < base_rows_ ? base_->type(id) : types_[id - base_rows_];
}

std::optional<uint32_t> ChangedItems::Find(absl::string_view key) const {
  const auto found = ids_.find(key);
  if (found != ids_.end()) return found->second;
  const std::optional<uint32_t> id = base_->Find(key);
  return id.has_value() && Has(*id) ? id : std::nullopt;
}

void ChangedItems::Row(uint32_t id, absl::Span<float> out) const {
  if (id < base_rows_) {
    base_->table().Row(id, out);
  } else {
    table_->Row(id - base_rows_, out);
  }
}

std::vector<uint64_t> ChangedItems::Allowed(absl::Span<const uint64_t> allowed,
                                            uint64_t first,
                                            uint64_t count) const {
  std::vector<uint64_t> bits((count + 63) / 64);
  const auto word_at = [&](absl::Span<const uint64_t> words, uint64_t bit) {
    const uint64_t word = bit / 64;
    if (word >= words.size()) return uint64_t{0};
    const uint64_t low = words[word] >> bit % 64;
    const bool both = bit % 64 != 0 && word + 1 < words.size();
    return both ? low | words[word + 1] << (64 - bit % 64) : low;
  };
  for (uint64_t word = 0; word < bits.size(); ++word) {
    const uint64_t bit = first + word * 64;
    bits[word] = word_at(live_, bit);
    if (!allowed.empty()) bits[word] &= word_at(allowed, bit);
  }
  if (count % 64 != 0) bits.back() &= (uint64_t{1} << count % 64) - 1;
  return bits;
}

template <typename SearchOne>
absl::StatusOr<SearchHits> ChangedItems::Join(const SearchOptions& options,
                                              uint64_t k,
                                              const SearchOne& search) const {
  if (!options.allowed.empty() && options.allowed.size() < live_.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the bitmap of allowed items has ", options.allowed.size(),
                     " words, expected ", live_.size()));
  }
  SearchOptions of_base = options;
  std::vector<uint64_t> base_bits;
  if (!options.allowed.empty()) {
    base_bits = Allowed(options.allowed, 0, base_rows_);
    of_base.allowed = base_bits;
  } else if (base_live_ < base_rows_) {
    of_base.allowed = live_;  // bits behind its rows are not looked at
  }
  EMBED_ASSIGN_OR_RETURN(SearchHits hits, search(*base_, of_base));
  if (!table_.has_value()) return hits;
  SearchOptions of_table = options;
  const std::vector<uint64_t> bits =
      Allowed(options.allowed, base_rows_, keys_.size());
  of_table.allowed = bits;
  EMBED_ASSIGN_OR_RETURN(const SearchHits more, search(*table_, of_table));
  for (size_t i = 0; i < hits.size(); ++i) {
    const size_t middle = hits[i].size();
    for (const SearchHit& hit : more[i]) {
      hits[i].push_back(
          {static_cast<uint32_t>(base_rows_ + hit.id), hit.score});
    }
    std::inplace_merge(hits[i].begin(), hits[i].begin() + middle, hits[i].end(),
                       HitOrder{base_->metric()});
    if (hits[i].size() > k) hits[i].resize(k);
  }
  return hits;
}

absl::StatusOr<SearchHits> ChangedItems::Search(
    const MatrixView& queries, const SearchOptions& options) const {
  return Join(options, options.k,
              [&](const auto& rows, const SearchOptions& of_rows) {
                return rows.Search(queries, of_rows);
              });
}

absl::StatusOr<SearchHits> ChangedItems::RangeSearch(
    const MatrixView& queries, float min_score,
    const SearchOptions& options) const {
  return Join(options, size(),
              [&](const auto& rows, const SearchOptions& of_rows) {
                return rows.RangeSearch(queries, min_score, of_rows);
              });
}

absl::StatusOr<Int8Table> ChangedItems::LiveTable() const {
  std::vector<uint32_t> rows;
  std::vector<uint32_t> further;
  for (uint64_t id = 0; id < size(); ++id) {
    if (!Has(static_cast<uint32_t>(id))) continue;
    if (id < base_rows_) {
      rows.push_back(static_cast<uint32_t>(id));
    } else {
      further.push_back(static_cast<uint32_t>(id - base_rows_));
    }
  }
  if (rows.empty() && further.empty()) {
    return absl::InvalidArgumentError("every item is deleted");
  }
  const Int8Table& table = base_->table();
  return Int8Table::Gather(table, rows, table_ ? *table_ : table, further);
}

}  // namespace embed
