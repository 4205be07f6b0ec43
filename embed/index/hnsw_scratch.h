// What a walk through an HnswGraph writes to, kept between searches because
// clearing it anew would take longer than a search.
#ifndef EMBED_INDEX_HNSW_SCRATCH_H_
#define EMBED_INDEX_HNSW_SCRATCH_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "embed/base/spare_pool.h"

namespace embed {

// The rows a walk has come by. One bit each, so that it stays in the cache.
class HnswVisited {
 public:
  explicit HnswVisited(uint64_t rows) : rows_(rows), bits_((rows + 63) / 64) {}

  // Marks a row; false if it was marked.
  bool Mark(uint32_t row) {
    return !MarkList(absl::Span<const uint32_t>(&row, 1)).empty();
  }

  // Marks the rows of a list, up to the first that does not exist; returns
  // those that were not marked, until the next call. Without branches on marks:
  // they could not be foretold.
  template <typename List>
  absl::Span<const uint32_t> MarkList(const List& list) {
    const size_t before = size_;
    if (marked_.size() < size_ + list.size()) {
      marked_.resize(2 * (size_ + list.size()));
    }
    uint32_t* const begin = marked_.data() + before;
    uint32_t* end = begin;
    uint64_t* const bits = bits_.data();
    const uint64_t rows = rows_;
    for (const uint32_t row : list) {
      if (row >= rows) break;
      const uint64_t word = bits[row / 64];
      bits[row / 64] = word | uint64_t{1} << (row % 64);
      *end = row;
      end += (~word >> (row % 64)) & 1;
    }
    size_ += static_cast<size_t>(end - begin);
    return {begin, static_cast<size_t>(end - begin)};
  }

  // Takes time by the rows marked, not by all rows.
  void Clear() {
    for (size_t i = 0; i < size_; ++i) bits_[marked_[i] / 64] = 0;
    size_ = 0;
  }

 private:
  uint64_t rows_;
  std::vector<uint64_t> bits_;
  std::vector<uint32_t> marked_;  // the first size_ ones
  size_t size_ = 0;
};

// The best rows of a walk, best first, at most `capacity`.
class HnswFrontier {
 public:
  struct Entry {
    float score;
    uint32_t row;  // the highest bit is set once its links were followed
  };
  static constexpr uint32_t kFollowed = uint32_t{1} << 31;

  void Reset(size_t capacity) {
    entries_.resize(std::max(entries_.size(), capacity));
    capacity_ = capacity;
    size_ = 0;
  }

  size_t size() const { return size_; }
  const Entry& operator[](size_t i) const { return entries_[i]; }
  bool followed(size_t i) const { return entries_[i].row & kFollowed; }
  void SetFollowed(size_t i) { entries_[i].row |= kFollowed; }
  uint32_t row(size_t i) const { return entries_[i].row & ~kFollowed; }

  // Returns the place of the row, size() if there is none: the score is not
  // among the best, or not a number.
  size_t Insert(float score, uint32_t row) {
    const bool full = size_ == capacity_;
    if (full && !(score > entries_[size_ - 1].score)) return size_;
    if (score != score) return size_;
    size_t low = 0;
    for (size_t count = size_; count > 0;) {
      const size_t half = count / 2;
      const bool after = entries_[low + half].score >= score;
      low = after ? low + half + 1 : low;
      count = after ? count - half - 1 : half;
    }
    const size_t moved = (full ? size_ - 1 : size_) - low;
    // A pointer: low + 1 may be one behind the last entry, with none to move.
    Entry* const place = entries_.data() + low;
    std::memmove(place + 1, place, moved * sizeof(Entry));
    *place = {score, row};
    size_ += !full;
    return low;
  }

 private:
  std::vector<Entry> entries_;
  size_t capacity_ = 0;
  size_t size_ = 0;
};

struct HnswScratch {
  explicit HnswScratch(uint64_t num_rows) : visited(num_rows) {}

  HnswVisited visited;
  HnswFrontier frontier;
  std::vector<uint32_t> rows;  // to be scored, where they are collected
  std::vector<float> scores;
  // Of a walk to some of the rows only: others on the way to them.
  HnswFrontier passages;
  std::vector<uint32_t> bridges;
  std::vector<uint32_t> allowed;  // links of one row
  std::vector<uint32_t> others;
};

// Thread-safe. At most as many as there were walks at a time are kept: a bit a
// row each, and what the largest ef_search took.
class HnswScratchPool {
 public:
  explicit HnswScratchPool(uint64_t rows) : rows_(rows) {}

  std::unique_ptr<HnswScratch> Take() { return pool_.Take(rows_); }
  void Return(std::unique_ptr<HnswScratch> scratch) {
    pool_.Return(std::move(scratch));
  }

 private:
  const uint64_t rows_;
  SparePool<HnswScratch> pool_;
};

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_SCRATCH_H_
