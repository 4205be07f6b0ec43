// How alike two partitions of the same things are: clusters and labels.
//
// Both functions: a[i] and b[i] are the parts of thing i, any numbers; of one
// length. Symmetric; names of parts do not matter. As scikit-learn's
// normalized_mutual_info_score() and adjusted_rand_score(). O(n), thread-safe.
#ifndef EMBED_EVAL_PARTITION_METRICS_H_
#define EMBED_EVAL_PARTITION_METRICS_H_

#include <cstdint>

#include "absl/types/span.h"

namespace embed {

// 2 I(a, b) / (H(a) + H(b)) with mutual information I and entropies H (Strehl,
// Ghosh 2002; the mean of the entropies), in [0, 1]; 1 if both have one part or
// there are no things. Partitions by chance score above 0, the more parts they
// have the more.
double NormalizedMutualInformation(absl::Span<const uint32_t> a,
                                   absl::Span<const uint32_t> b);

// The Rand index adjusted for chance (Hubert, Arabie 1985): over the pairs of
// things, with tp together in both, tn apart in both, fn and fp together in
// one,
//   2 (tp tn - fn fp) / ((tp + fn)(fn + tn) + (tp + fp)(fp + tn)):
// 1 for equal partitions, 0 on average for partitions by chance.
double AdjustedRandIndex(absl::Span<const uint32_t> a,
                         absl::Span<const uint32_t> b);

}  // namespace embed

#endif  // EMBED_EVAL_PARTITION_METRICS_H_
