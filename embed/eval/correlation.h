// Correlation of two lists of numbers, as SciPy computes it.
//
// All functions: the lists are of one length n. The result is NaN where the
// correlation is undefined: n < 2, a list whose values are all equal, a value
// that is not finite (for ranks: NaN). Thread-safe.
#ifndef EMBED_EVAL_CORRELATION_H_
#define EMBED_EVAL_CORRELATION_H_

#include <vector>

#include "absl/types/span.h"

namespace embed {

// The rank of each value among all, from 1 for the smallest; equal values share
// the mean of the ranks they take up, so ranks are multiples of 1/2. All NaN if
// a value is. O(n log n).
std::vector<double> AverageRanks(absl::Span<const double> values);

// r = sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2
//                                         sum (y - mean y)^2), in [-1, 1].
double PearsonCorrelation(absl::Span<const double> x,
                          absl::Span<const double> y);

// Spearman's rho: Pearson's r of the average ranks. (The short form
// 1 - 6 sum d^2 / (n^3 - n) is wrong with ties, which human judgements have.)
double SpearmanCorrelation(absl::Span<const double> x,
                           absl::Span<const double> y);

}  // namespace embed

#endif  // EMBED_EVAL_CORRELATION_H_
