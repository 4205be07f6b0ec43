// Draws from alias tables in bulk, several lookups in flight at once.
#ifndef EMBED_KERNELS_ALIAS_DRAW_H_
#define EMBED_KERNELS_ALIAS_DRAW_H_

#include <cstdint>

#include "absl/types/span.h"

namespace embed {

// One bucket of an alias table (embed/math/alias_table.h): its own index if the
// random word is below `threshold`, else `alias`. A bucket that always gives
// its own index has itself as alias.
struct AliasEntry {
  uint32_t threshold;
  uint32_t alias;
};

// The draw that two uniform, independent words make.
inline uint32_t DrawAlias(absl::Span<const AliasEntry> entries,
                          uint32_t random_index, uint32_t random_threshold) {
  const uint32_t index =
      static_cast<uint32_t>((uint64_t{random_index} * entries.size()) >> 32);
  const AliasEntry& entry = entries[index];
  return random_threshold < entry.threshold ? index : entry.alias;
}

// out[i] = DrawAlias(entries, words[2 i], words[2 i + 1]), the same on every
// target. words has twice as many elements as out; entries fewer than 2^32.
// Thread-safe.
void DrawAliases(absl::Span<const AliasEntry> entries,
                 absl::Span<const uint32_t> words, absl::Span<uint32_t> out);

}  // namespace embed

#endif  // EMBED_KERNELS_ALIAS_DRAW_H_
