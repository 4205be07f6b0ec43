#include "embed/eval/ranking_metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>

namespace embed {
namespace {

// How many true and false items score at least as high as one of the distinct
// scores.
struct Above {
  uint64_t right = 0;
  uint64_t wrong = 0;
};

// For each distinct score, falling; the last element counts all. Empty if a
// score is NaN.
std::vector<Above> CountAbove(absl::Span<const double> scores,
                              const std::vector<bool>& truth) {
  std::vector<Above> counts;
  for (const double score : scores) {
    if (std::isnan(score)) return counts;
  }
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  Above now;
  for (size_t i = 0; i < order.size(); ++i) {
    ++(truth[order[i]] ? now.right : now.wrong);
    const bool last = i + 1 == order.size();
    if (last || scores[order[i + 1]] < scores[order[i]]) counts.push_back(now);
  }
  return counts;
}

}  // namespace

std::vector<RocPoint> RocCurve(absl::Span<const double> scores,
                               const std::vector<bool>& truth) {
  const std::vector<Above> counts = CountAbove(scores, truth);
  if (counts.empty() || counts.back().right == 0 || counts.back().wrong == 0) {
    return {};
  }
  const double right = static_cast<double>(counts.back().right);
  const double wrong = static_cast<double>(counts.back().wrong);
  std::vector<RocPoint> curve = {{0, 0}};
  for (const Above& above : counts) {
    curve.push_back({static_cast<double>(above.wrong) / wrong,
                     static_cast<double>(above.right) / right});
  }
  return curve;
}

double RocAuc(absl::Span<const double> scores, const std::vector<bool>& truth) {
  const std::vector<RocPoint> curve = RocCurve(scores, truth);
  if (curve.empty()) return std::numeric_limits<double>::quiet_NaN();
  double area = 0;
  for (size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
            (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
  }
  return area;
}

double AveragePrecision(absl::Span<const double> scores,
                        const std::vector<bool>& truth) {
  const std::vector<Above> counts = CountAbove(scores, truth);
  if (counts.empty() || counts.back().right == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double sum = 0;
  uint64_t before = 0;
  for (const Above& above : counts) {
    const double precision = static_cast<double>(above.right) /
                             static_cast<double>(above.right + above.wrong);
    sum += static_cast<double>(above.right - before) * precision;
    before = above.right;
  }
  return sum / static_cast<double>(counts.back().right);
}

}  // namespace embed
