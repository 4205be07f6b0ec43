// How many draws of negatives serve a stretch of centers that use each draw
// several times (WindowOptions::reuse).
#ifndef EMBED_TRAIN_NEGATIVE_POOL_H_
#define EMBED_TRAIN_NEGATIVE_POOL_H_

#include <algorithm>
#include <cstddef>

namespace embed {

// Draws from which `wanted` negatives, `negatives` a center, are taken in turn.
// Never fewer than six centers take, unless fewer are wanted, and no multiple
// of `negatives`: the same ones do not meet again in one center.
inline size_t NegativePoolSize(size_t wanted, size_t negatives, size_t reuse) {
  constexpr size_t kLeastCenters = 6;
  if (reuse == 1) return wanted;
  size_t pool =
      std::max((wanted + reuse - 1) / reuse, kLeastCenters * negatives);
  if (negatives > 1 && pool % negatives == 0) ++pool;
  return std::min(pool, wanted);
}

}  // namespace embed

#endif  // EMBED_TRAIN_NEGATIVE_POOL_H_
