#include "embed/index/mmr.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace embed {
namespace {

// In double and in order, so that it is the same on every CPU.
double DotProduct(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

// At length 1, or zeros.
std::vector<float> UnitVector(const ItemIndex& index, uint32_t id) {
  std::vector<float> row = index.Vector(id);
  const double squared = DotProduct(row, row);
  const double scale = squared > 0 ? 1 / std::sqrt(squared) : 0;
  for (float& value : row) value = static_cast<float>(value * scale);
  return row;
}

}  // namespace

std::vector<SearchHit> ChooseDiverse(const ItemIndex& index,
                                     const std::vector<SearchHit>& candidates,
                                     uint64_t k, float lambda) {
  std::vector<std::vector<float>> rows;
  rows.reserve(candidates.size());
  for (const SearchHit& hit : candidates) {
    rows.push_back(UnitVector(index, hit.id));
  }
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  std::vector<double> nearest(candidates.size(), kNone);  // of the chosen
  std::vector<bool> taken(candidates.size());
  std::vector<SearchHit> chosen;
  while (chosen.size() < std::min<uint64_t>(k, candidates.size())) {
    size_t best = candidates.size();
    double best_value = 0;
    for (size_t c = 0; c < candidates.size(); ++c) {
      if (taken[c]) continue;
      const double penalty = chosen.empty() ? 0 : nearest[c];
      const double value =
          double{lambda} * candidates[c].score - (1 - double{lambda}) * penalty;
      if (best < candidates.size() && !(value > best_value)) continue;
      // With lambda 0 nothing tells the first ones apart but their order.
      best = c;
      best_value = value;
    }
    taken[best] = true;
    chosen.push_back(candidates[best]);
    for (size_t c = 0; c < candidates.size(); ++c) {
      if (!taken[c]) {
        nearest[c] = std::max(nearest[c], DotProduct(rows[c], rows[best]));
      }
    }
  }
  return chosen;
}

}  // namespace embed
