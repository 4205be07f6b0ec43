// XXH3-64 (xxHash), used for file checksums and string lookup tables. The value
// is stored in files: it must never change.
#ifndef EMBED_BASE_HASH_H_
#define EMBED_BASE_HASH_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace embed {

// XXH3 with 64 bits and seed 0 of the `size` bytes at `data`.
uint64_t Hash64(const void* data, size_t size);

inline uint64_t Hash64(absl::string_view text) {
  return Hash64(text.data(), text.size());
}

}  // namespace embed

#endif  // EMBED_BASE_HASH_H_
