// How well scores put what is true before what is false.
//
// All functions: scores and truth are of one length; the result is NaN where
// undefined: nothing true or (for AUC) nothing false, or a score that is NaN.
// O(n log n), thread-safe.
#ifndef EMBED_EVAL_RANKING_METRICS_H_
#define EMBED_EVAL_RANKING_METRICS_H_

#include <vector>

#include "absl/types/span.h"

namespace embed {

// Area under the ROC curve: the probability that a true item scores above a
// false one, equal scores counting half (Mann-Whitney).
double RocAuc(absl::Span<const double> scores, const std::vector<bool>& truth);

// AP = sum_n (R_n - R_{n-1}) P_n over the distinct scores as thresholds, P_n
// and R_n precision and recall of what scores at least so high: as
// scikit-learn's average_precision_score(), without interpolation.
double AveragePrecision(absl::Span<const double> scores,
                        const std::vector<bool>& truth);

struct RocPoint {
  double false_positive_rate;
  double true_positive_rate;
};

// From (0, 0) to (1, 1), a point for each distinct score, falling. Empty where
// RocAuc() is NaN.
std::vector<RocPoint> RocCurve(absl::Span<const double> scores,
                               const std::vector<bool>& truth);

}  // namespace embed

#endif  // EMBED_EVAL_RANKING_METRICS_H_
