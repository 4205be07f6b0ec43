// Walks that avoid hubs, for vectors that keep the degrees of a scale-free
// network (DP-Walker: Feng, Yang, Hu, Wu, Zhao, "Representation learning for
// scale-free networks", AAAI 2018). From i a walk goes to j with probability in
// proportion to
//
//     (A_ij + C_ij) / (D_i D_j)^beta,    C = A^T A without its diagonal,
//
// where A is the (weighted) adjacency matrix of an undirected graph and D_j the
// sum of row j: to neighbours, and to nodes that share neighbours with i, less
// often the larger they are.
//
// Method: C is never formed. D_i is the same for all j, so with
//
//     M_k = sum_j A_kj D_j^-beta,    T_i = sum_k A_ik M_k
//
// the walk draws one hop with probability M_i / (M_i + T_i), by the alias table
// of row i with weights A_ij D_j^-beta; and else two: k from row i with weights
// A_ik M_k, then j from row k with weights A_kj D_j^-beta, which gives the path
// i, k, j the weight A_ik A_kj D_j^-beta. Paths back to i, the diagonal of C,
// are drawn again. 16 bytes an arc and 20 a node, built in O(arcs); a draw
// costs three cache misses more than a plain step. A walker that came back to i
// kMaxTries times weighs the two rows instead; the distribution is the same.
//
// Exactness: as AliasTable.
#ifndef EMBED_GRAPH_DEGREE_PENALTY_STEP_H_
#define EMBED_GRAPH_DEGREE_PENALTY_STEP_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/alias_rows.h"
#include "graph/graph.h"
#include "graph/retry_loop.h"

namespace embed {

// A policy for RetryLoop. Immutable and thread-safe.
class DegreePenaltyStep {
 public:
  static constexpr int kWordsPerTry = 8;

  struct Memory {
    int tries = 0;
  };

  // `graph` must outlive it; its weights count if `weighted`. InvalidArgument:
  // beta is negative or above 10, weights are asked for and missing, the graph
  // is directed (some arc lacks its reverse). ResourceExhausted: no memory.
  static absl::StatusOr<DegreePenaltyStep> Create(const Graph& graph,
                                                  double beta, bool weighted,
                                                  int threads);

  void Try(const RetryGroup& group, Memory* memory, uint32_t* next) const;

 private:
  static constexpr int kMaxTries = 64;

  DegreePenaltyStep(const Graph& graph, bool weighted, AliasRows hops,
                    AliasRows middles)
      : graph_(&graph),
        weighted_(weighted),
        hops_(std::move(hops)),
        middles_(std::move(middles)) {}

  double Weight(uint64_t arc) const {
    return weighted_ ? graph_->weights()[arc] : 1;
  }
  // One draw from the exact weights of all paths, with the words of a try.
  uint32_t DrawExactly(uint32_t node, const uint32_t* words) const;

  const Graph* graph_;
  bool weighted_;
  AliasRows hops_;                 // row k by A_kj D_j^-beta
  AliasRows middles_;              // row i by A_ik M_k
  std::vector<double> penalties_;  // D_j^-beta, up to a factor
  std::vector<double> masses_;     // M_k
  std::vector<uint32_t> one_hop_;  // M_i / (M_i + T_i), of 2^32
};

}  // namespace embed

#endif  // EMBED_GRAPH_DEGREE_PENALTY_STEP_H_
