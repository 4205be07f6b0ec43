#include "graph/symmetry.h"

#include <cstdint>
#include <vector>

namespace embed {
namespace {

constexpr uint64_t kAhead = 16;  // arcs

}  // namespace

bool IsSymmetric(const Graph& graph) {
  if (graph.undirected()) return true;
  // Sources come in rising order, and so must they in each row: the next arc of
  // row v that was not yet met leads to the next source of an arc to v.
  std::vector<uint64_t> cursors(graph.rows(), graph.rows() + graph.num_nodes());
  for (uint32_t source = 0; source < graph.num_nodes(); ++source) {
    const absl::Span<const uint32_t> row = graph.Neighbors(source);
    for (size_t i = 0; i < row.size(); ++i) {
      const uint32_t target = row[i];
      // Arcs lie behind one another: what comes is asked for twice over.
      const uint64_t arc = graph.rows()[source] + i;
      if (arc + 2 * kAhead < graph.num_arcs()) {
        __builtin_prefetch(&cursors[graph.targets()[arc + 2 * kAhead]]);
        __builtin_prefetch(graph.targets() +
                           cursors[graph.targets()[arc + kAhead]]);
      }
      const uint64_t reverse = cursors[target]++;
      if (reverse >= graph.rows()[target + uint64_t{1}] ||
          graph.targets()[reverse] != source) {
        return false;
      }
      if (graph.weighted() &&
          graph.Weights(target)[reverse - graph.rows()[target]] !=
              graph.Weights(source)[i]) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace embed
