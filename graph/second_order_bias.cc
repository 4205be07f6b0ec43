#include "graph/second_order_bias.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace embed {

absl::Status CheckNode2vecFactors(double return_p, double inout_q) {
  constexpr double kLeast = 1e-9;
  constexpr double kGreatest = 1e9;
  for (const auto& [name, value] :
       {std::pair("p", return_p), std::pair("q", inout_q)}) {
    if (!(value >= kLeast && value <= kGreatest)) {
      return absl::InvalidArgumentError(
          absl::StrCat("node2vec's ", name, " is ", value, "; it must be ",
                       kLeast, " to ", kGreatest));
    }
  }
  return absl::OkStatus();
}

Node2vecPlusBias::Node2vecPlusBias(const Graph& graph, double return_p,
                                   double inout_q, double gamma)
    : weights_(graph.weights()),
      thresholds_(graph.num_nodes()),
      return_factor_(1 / return_p),
      far_factor_(1 / inout_q) {
  for (uint32_t v = 0; v < graph.num_nodes(); ++v) {
    const absl::Span<const float> row = graph.Weights(v);
    if (row.empty()) continue;
    double sum = 0;
    for (const float weight : row) sum += weight;
    const double mean = sum / static_cast<double>(row.size());
    double squares = 0;
    for (const float weight : row) squares += (weight - mean) * (weight - mean);
    const double deviation =
        std::sqrt(squares / static_cast<double>(row.size()));
    thresholds_[v] =
        static_cast<float>(std::max(0.0, mean + gamma * deviation));
  }
}

double Node2vecPlusBias::Factor(uint32_t current, uint32_t proposed,
                                float from_previous, float from_current) const {
  const float threshold = thresholds_[proposed];
  if (from_previous > 0 && from_previous >= threshold) return 1;
  if (from_current < thresholds_[current]) return least();
  // threshold > 0, or any arc would be a near one; no arc and no threshold:
  // far.
  const double strength =
      from_previous > 0 ? from_previous / static_cast<double>(threshold) : 0;
  return far_factor_ + (1 - far_factor_) * strength;
}

void Node2vecPlusBias::Factors(const Adjacency& adjacency,
                               const StepPairs& pairs, double* factors) const {
  uint64_t previous_arcs[StepPairs::kMax];
  uint64_t current_arcs[StepPairs::kMax];
  adjacency.Find(pairs.previous, pairs.proposed, pairs.count, previous_arcs);
  adjacency.Find(pairs.current, pairs.proposed, pairs.count, current_arcs);
  for (int k = 0; k < pairs.count; ++k) {
    const uint64_t arc = previous_arcs[k];
    factors[k] = Factor(pairs.current[k], pairs.proposed[k],
                        arc == Adjacency::kNoArc ? 0 : weights_[arc],
                        weights_[current_arcs[k]]);
  }
}

}  // namespace embed
