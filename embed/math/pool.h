// Several vectors pooled into one: a history, a basket, a sentence.
//
//   mean          the mean of each element
//   max           the largest of each element (Shen et al. 2018, SWEM-max)
//   concat        the mean, then the max: 2 dim elements (SWEM-concat)
//   sif           sum of w_i x_i / n with w_i = a / (a + p_i), p_i the share of
//                 i among all counts (Arora, Liang, Ma 2017, without its second
//                 step, the removal of a common component: RemoveComponents()
//                 of embed/eval/sentence_similarity.h)
//   hierarchical  the largest of each element over the means of all runs of
//                 `window` vectors in a row, or of all where there are fewer
//                 (SWEM-hier, stride 1): heeds the order
#ifndef EMBED_MATH_POOL_H_
#define EMBED_MATH_POOL_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

enum class Pooling { kMean, kMax, kConcat, kSif, kHierarchical };

// By name: mean, max, concat, sif, hier. InvalidArgument: another one.
absl::StatusOr<Pooling> PoolingFromName(absl::string_view name);
absl::string_view PoolingName(Pooling pooling);

struct PoolOptions {
  Pooling pooling = Pooling::kMean;
  int window = 5;  // of kHierarchical, at least 1
};

// a / (a + count / total); 1 for a count of 0.
double SifWeight(double a, double count, double total);

// vectors: [n, dim], at least one, behind one another. weights: [n] of kSif,
// else not read. Sums in double, in the order given.
std::vector<float> Pool(absl::Span<const float> vectors, int dim,
                        absl::Span<const double> weights,
                        const PoolOptions& options);

// What to search rows of dim numbers from: Pool(), but of kConcat the dim
// numbers m = (mean + max) / 2. A row v alone is [v; v] in the space of the
// concatenations q = [mean; max], and
//   q . [v; v] = 2 m . v
//   |q - [v; v]|^2 = 2 |m - v|^2 + |mean - max|^2 / 2
//   cos(q, [v; v]) = cos(m, v) sqrt(2) |m| / |q|
// so by each metric m ranks rows as q ranks their concatenations; the scores
// are those of m, which a constant of the query tells from those of q.
std::vector<float> PoolForRows(absl::Span<const float> vectors, int dim,
                               absl::Span<const double> weights,
                               const PoolOptions& options);

}  // namespace embed

#endif  // EMBED_MATH_POOL_H_
