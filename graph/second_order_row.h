// One step of a second-order walk by the exact weights of a whole row.
#ifndef EMBED_GRAPH_SECOND_ORDER_ROW_H_
#define EMBED_GRAPH_SECOND_ORDER_ROW_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "graph/adjacency.h"
#include "graph/second_order_bias.h"

namespace embed {

// The row of `current`, to which a walk came from `previous`; one arc at least.
struct SecondOrderRow {
  const uint64_t* rows;
  const uint32_t* targets;
  uint32_t previous;
  uint32_t current;
};

// The target of an arc drawn in proportion to weight(arc) times its factor by
// `bias` (graph/second_order_bias.h), from two random words. O(degree) time and
// memory.
template <class Bias, class Weight>
uint32_t DrawFromRow(const SecondOrderRow& row, const Adjacency& adjacency,
                     const Bias& bias, const Weight& weight,
                     const uint32_t* words) {
  const uint64_t begin = row.rows[row.current];
  const uint64_t degree = row.rows[row.current + uint64_t{1}] - begin;
  std::vector<double> sums(degree);
  double sum = 0;
  for (uint64_t first = 0; first < degree; first += StepPairs::kMax) {
    StepPairs pairs;
    pairs.count =
        static_cast<int>(std::min<uint64_t>(degree - first, StepPairs::kMax));
    for (int k = 0; k < pairs.count; ++k) {
      pairs.previous[k] = row.previous;
      pairs.current[k] = row.current;
      pairs.proposed[k] = row.targets[begin + first + static_cast<uint64_t>(k)];
    }
    double factors[StepPairs::kMax];
    bias.Factors(adjacency, pairs, factors);
    for (int k = 0; k < pairs.count; ++k) {
      const uint64_t at = first + static_cast<uint64_t>(k);
      const double factor =
          pairs.proposed[k] == row.previous ? bias.return_factor() : factors[k];
      sums[at] = sum += factor * weight(begin + at);
    }
  }
  const double place = (words[0] + words[1] * 0x1.0p-32) * 0x1.0p-32 * sum;
  const auto chosen = std::upper_bound(sums.begin(), sums.end() - 1, place);
  return row.targets[begin + static_cast<uint64_t>(chosen - sums.begin())];
}

}  // namespace embed

#endif  // EMBED_GRAPH_SECOND_ORDER_ROW_H_
