// The order of the hits of a search: nearest first, equally near ones by id.
#ifndef EMBED_INDEX_HIT_ORDER_H_
#define EMBED_INDEX_HIT_ORDER_H_

#include "embed/index/int8_table.h"
#include "embed/math/metric.h"

namespace embed {

// For std::sort() and merges. Scores are in `metric`, whose lower ones are
// nearer if it is l2 (see SearchHits); none is NaN.
struct HitOrder {
  bool operator()(const SearchHit& a, const SearchHit& b) const {
    if (a.score == b.score) return a.id < b.id;
    return metric == Metric::kL2 ? a.score < b.score : a.score > b.score;
  }

  Metric metric;
};

}  // namespace embed

#endif  // EMBED_INDEX_HIT_ORDER_H_
