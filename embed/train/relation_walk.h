// Typed walks as sequences, and the triples that HIN2Vec learns from them.
//
// A typed walk is the sequence
//
//     node, step, node, step, ..., node
//
// where the step between two nodes is num_nodes + the type of the edge that the
// walk took. Its triples are (x, y, path): a node x, a node y that comes 1 to
// `window` steps after it, and the types of the steps between them. Forward
// only: an edge that leads both ways has a type for each way.
#ifndef EMBED_TRAIN_RELATION_WALK_H_
#define EMBED_TRAIN_RELATION_WALK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace embed {

struct RelationWindow {
  static constexpr int kMaxWindow = 64;

  uint32_t num_nodes = 0;
  int window = 3;  // the longest path in steps
  // False: no triple whose y has been on its path before, be it as x or between
  // x and y. (The released code compares with the nodes between only, though
  // its paper and its other version drop x as well.) Nodes between may repeat.
  bool allow_cycles = false;
};

// Whether the node at `end` of a walk stands at begin, begin + 2, .. before it.
inline bool EndsInCycle(absl::Span<const uint32_t> walk, size_t begin,
                        size_t end) {
  bool found = false;
  for (size_t i = begin; i < end; i += 2) found |= walk[i] == walk[end];
  return found;
}

// Calls visit(x, y, path) for the triples of a walk, by their x and then their
// y. Paths are what `extend` makes of them: of the empty one, `root`, and of a
// path and the type of one more step by extend(path, type).
template <class Path, class Extend, class Visit>
void ForEachTriple(const RelationWindow& options,
                   absl::Span<const uint32_t> walk, Path root,
                   const Extend& extend, const Visit& visit) {
  const size_t reach = 2 * static_cast<size_t>(options.window);
  for (size_t a = 0; a < walk.size(); a += 2) {
    Path path = root;
    const size_t last = std::min(a + reach, walk.size() - 1);
    for (size_t b = a + 2; b <= last; b += 2) {
      path =
          extend(path, static_cast<uint16_t>(walk[b - 1] - options.num_nodes));
      if (!options.allow_cycles && EndsInCycle(walk, a, b)) continue;
      visit(walk[a], walk[b], path);
    }
  }
}

}  // namespace embed

#endif  // EMBED_TRAIN_RELATION_WALK_H_
