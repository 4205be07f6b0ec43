// How much a second-order walk at v, come from t, likes a candidate x other
// than t: the factors that graph/second_order_step.h multiplies weights by.
//
// A bias is any class with the members of Node2vecBias.
#ifndef EMBED_GRAPH_SECOND_ORDER_BIAS_H_
#define EMBED_GRAPH_SECOND_ORDER_BIAS_H_

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "graph/adjacency.h"
#include "graph/graph.h"

namespace embed {

// Walkers that need to know about more than their own row: one came along
// previous[i] -> current[i], and may step to proposed[i].
struct StepPairs {
  static constexpr int kMax = Adjacency::kMaxPairs;

  int count = 0;
  int walker[kMax];  // its place in the group
  uint32_t previous[kMax];
  uint32_t current[kMax];
  uint32_t proposed[kMax];
};

// InvalidArgument, with name and value: p or q outside 1e-9 .. 1e9, or NaN.
absl::Status CheckNode2vecFactors(double return_p, double inout_q);

// node2vec (Grover, Leskovec, KDD 2016): 1 where t has an arc to x, else 1 / q.
class Node2vecBias {
 public:
  Node2vecBias(double return_p, double inout_q)
      : return_factor_(1 / return_p), far_factor_(1 / inout_q) {}

  // That of x = t.
  double return_factor() const { return return_factor_; }
  // The least and the greatest of all others.
  double least() const { return std::min(1.0, far_factor_); }
  double greatest() const { return std::max(1.0, far_factor_); }

  // Those of the pairs, none of which is a return. Thread-safe.
  void Factors(const Adjacency& adjacency, const StepPairs& pairs,
               double* factors) const {
    uint64_t arcs[StepPairs::kMax];
    adjacency.Find(pairs.previous, pairs.proposed, pairs.count, arcs);
    const double choice[2] = {1, far_factor_};
    for (int k = 0; k < pairs.count; ++k) {
      factors[k] = choice[arcs[k] == Adjacency::kNoArc];
    }
  }

 private:
  double return_factor_;
  double far_factor_;
};

// node2vec+ (Liu, Hirn, Krishnan, Bioinformatics 2023), which asks how strong
// the arcs are: with threshold(i) = max(0, mean + gamma * standard deviation)
// of the weights of i's arcs, an arc t -> x is a near one, of factor 1, if
// w(t, x) >= threshold(x). Else the factor goes from 1 / q for no arc to 1,
//
//     1 / q + (1 - 1 / q) w(t, x) / threshold(x),
//
// but is min(1, 1 / q) if v -> x is weak as well: w(v, x) < threshold(v). With
// equal weights it is node2vec.
class Node2vecPlusBias {
 public:
  // `graph` has weights and must outlive it. O(arcs); 4 bytes a node.
  Node2vecPlusBias(const Graph& graph, double return_p, double inout_q,
                   double gamma);

  double return_factor() const { return return_factor_; }
  double least() const { return std::min(1.0, far_factor_); }
  double greatest() const { return std::max(1.0, far_factor_); }

  void Factors(const Adjacency& adjacency, const StepPairs& pairs,
               double* factors) const;

 private:
  // weight(t, x) is 0 where there is no arc.
  double Factor(uint32_t current, uint32_t proposed, float from_previous,
                float from_current) const;

  const float* weights_;
  std::vector<float> thresholds_;
  double return_factor_;
  double far_factor_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_SECOND_ORDER_BIAS_H_
