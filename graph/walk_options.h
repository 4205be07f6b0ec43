// What walks to make over a graph.
#ifndef EMBED_GRAPH_WALK_OPTIONS_H_
#define EMBED_GRAPH_WALK_OPTIONS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace embed {

struct WalkOptions {
  static constexpr int kMaxWalkLength = 65536;

  int walks_per_node = 80;
  int walk_length = 40;   // in vertices, the start included
  bool weighted = false;  // step in proportion to the weights
  uint64_t seed = 1;
  int threads = 1;  // of building tables

  // Probability of jumping back to the start instead of stepping on.
  double restart = 0;
  // DP-Walker's exponent (graph/degree_penalty_step.h); 0: plain steps.
  double degree_penalty = 0;
  // node2vec's p and q (graph/second_order_step.h); both 1: first-order steps.
  double return_p = 1;
  double inout_q = 1;
  // node2vec+ (graph/second_order_bias.h), for weighted walks.
  bool plus = false;
  double plus_gamma = 0;

  bool second_order() const { return return_p != 1 || inout_q != 1 || plus; }

  // InvalidArgument, with name and value: out of range, or two that cannot go
  // together.
  absl::Status Validate() const;
};

}  // namespace embed

#endif  // EMBED_GRAPH_WALK_OPTIONS_H_
