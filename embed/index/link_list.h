// A list of rows that a graph's row links to, in 2 to 4 bytes each, in place.
#ifndef EMBED_INDEX_LINK_LIST_H_
#define EMBED_INDEX_LINK_LIST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"

namespace embed {

// Little-endian numbers of `bytes` bytes one behind another; 4 bytes from where
// each starts can be read. The largest number that fits is no row.
class LinkList {
 public:
  class Iterator {
   public:
    Iterator(const uint8_t* place, uint32_t bytes, uint32_t mask)
        : place_(place), bytes_(bytes), mask_(mask) {}
    uint32_t operator*() const {
      uint32_t value;
      std::memcpy(&value, place_, sizeof(value));
      return value & mask_;
    }
    Iterator& operator++() {
      place_ += bytes_;
      return *this;
    }
    bool operator!=(const Iterator& other) const {
      return place_ != other.place_;
    }

   private:
    const uint8_t* place_;
    uint32_t bytes_;
    uint32_t mask_;
  };

  // The fewest bytes of a number of so many rows.
  static constexpr uint32_t BytesFor(uint64_t rows) {
    return rows < (1u << 16) ? 2 : rows < (1u << 24) ? 3 : 4;
  }

  LinkList(const uint8_t* data, size_t size, uint32_t bytes)
      : data_(data),
        size_(size),
        bytes_(bytes),
        mask_(~uint32_t{0} >> (32 - 8 * bytes)) {}
  // Numbers of 4 bytes.
  explicit LinkList(absl::Span<const uint32_t> links)
      : LinkList(reinterpret_cast<const uint8_t*>(links.data()), links.size(),
                 sizeof(uint32_t)) {}

  size_t size() const { return size_; }
  // What is not a row.
  uint32_t none() const { return mask_; }
  Iterator begin() const { return {data_, bytes_, mask_}; }
  Iterator end() const { return {data_ + size_ * bytes_, bytes_, mask_}; }
  // All of its bytes.
  const uint8_t* data() const { return data_; }
  size_t num_bytes() const { return size_ * bytes_; }

  LinkList First(size_t count) const {
    return {data_, std::min(count, size_), bytes_};
  }
  // count: at most size().
  LinkList From(size_t count) const {
    return {data_ + count * bytes_, size_ - count, bytes_};
  }
  // What is before the first that is not a row.
  LinkList UpToNone() const {
    size_t count = 0;
    for (const uint32_t link : *this) {
      if (link == mask_) break;
      ++count;
    }
    return First(count);
  }

 private:
  const uint8_t* data_;
  size_t size_;
  uint32_t bytes_;
  uint32_t mask_;
};

}  // namespace embed

#endif  // EMBED_INDEX_LINK_LIST_H_
