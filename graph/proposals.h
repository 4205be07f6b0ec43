// First-order steps as proposals of second-order ones.
//
// A row of `degree` slots has the same number of arcs; a slot leads to the
// target of its arc or, in an alias table, to one other.
#ifndef EMBED_GRAPH_PROPOSALS_H_
#define EMBED_GRAPH_PROPOSALS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/alias_rows.h"
#include "graph/graph.h"

namespace embed {

// In proportion to the weights, by alias tables: 8 bytes an arc, and 8 a node
// if Slots() is needed. Exactness as AliasTable.
class WeightedProposal {
 public:
  static constexpr int kWords = 2;  // random words: the first chooses the slot

  // `graph` has weights and must outlive it. O(arcs), on `threads` threads.
  static absl::StatusOr<WeightedProposal> Create(const Graph& graph,
                                                 bool with_slots, int threads);

  void Prefetch(uint64_t slot) const { buckets_.Prefetch(slot); }
  uint32_t Target(uint32_t node, uint64_t slot, const uint32_t* words) const {
    return buckets_.Target(node, slot, words[1]);
  }
  // The weight of an arc, and how many slots of its row it is worth.
  double Weight(uint64_t arc) const { return weights_[arc]; }
  double Slots(uint32_t node, uint64_t arc) const {
    return weights_[arc] * slots_per_weight_[node];
  }

 private:
  WeightedProposal(const Graph& graph, AliasRows buckets)
      : weights_(graph.weights()), buckets_(std::move(buckets)) {}

  const float* weights_;
  AliasRows buckets_;
  // Degree / sum of the row's weights; of the least ones, beyond float's range.
  std::vector<double> slots_per_weight_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_PROPOSALS_H_
