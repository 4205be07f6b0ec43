// Abseil's hash tables, made safe against a lack of memory.
//
// A table of Abseil (checked: 20220623) takes note of its new size before it
// asks for the memory, so that a std::bad_alloc in between makes its destructor
// free what was never allocated. Here the process ends instead, by
// std::terminate() with the exception at hand; the commands then say "out of
// memory" and end with exit code 1 (apps/common/out_of_memory.h).
#ifndef EMBED_BASE_HASH_TABLE_H_
#define EMBED_BASE_HASH_TABLE_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace embed {

// std::allocator, but for what happens where there is no memory.
template <typename T>
class TableAllocator {
 public:
  using value_type = T;

  TableAllocator() = default;
  template <typename U>
  TableAllocator(const TableAllocator<U>& /*other*/) {}  // NOLINT: a conversion

  T* allocate(size_t count) noexcept {
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* values, size_t count) noexcept {
    std::allocator<T>().deallocate(values, count);
  }

  template <typename U>
  bool operator==(const TableAllocator<U>& /*other*/) const {
    return true;
  }
  template <typename U>
  bool operator!=(const TableAllocator<U>& /*other*/) const {
    return false;
  }
};

template <typename Key, typename Value>
using HashMap =
    absl::flat_hash_map<Key, Value,
                        typename absl::flat_hash_map<Key, Value>::hasher,
                        typename absl::flat_hash_map<Key, Value>::key_equal,
                        TableAllocator<std::pair<const Key, Value>>>;

template <typename Key,
          typename Hash = typename absl::flat_hash_set<Key>::hasher,
          typename Equal = typename absl::flat_hash_set<Key>::key_equal>
using HashSet = absl::flat_hash_set<Key, Hash, Equal, TableAllocator<Key>>;

}  // namespace embed

#endif  // EMBED_BASE_HASH_TABLE_H_
