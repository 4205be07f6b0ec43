#include "embed/base/hash.h"

#include <xxhash.h>

namespace embed {

uint64_t Hash64(const void* data, size_t size) {
  return XXH3_64bits(data, size);
}

}  // namespace embed
