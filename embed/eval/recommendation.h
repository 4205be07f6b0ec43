// Recommendation of items that follow from a user's history: are the held-out
// ones among the first?
//
// For each user all items but those of the history are ranked by score; equal
// scores by id. With ranks r from 1 of the user's held-out items (targets) T:
//   hit rate@k  1 if any r <= k           recall@k   share of T with r <= k
//   NDCG@k      sum over r <= k of 1 / log2(r + 1), divided by the largest it
//               could be (Jaervelin, Kekaelaeinen 2002)
//   MRR         1 / the least r, not cut off
//   coverage@k  share of all items that are among any user's first k
// Means over the users. With one target a user (leave-one-out), recall is the
// hit rate.
#ifndef EMBED_EVAL_RECOMMENDATION_H_
#define EMBED_EVAL_RECOMMENDATION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct RecommendationCase {
  std::vector<uint32_t> history;  // items in order, repeated ones too
  std::vector<uint32_t> targets;  // at least one, none twice, none of history
};

struct RecommendationScores {
  uint64_t k = 0;
  double hit_rate = 0.0;
  double ndcg = 0.0;
  double recall = 0.0;
  double mrr = 0.0;  // the same for each k
  double coverage = 0.0;
};

// Scores are cosines of row i of `items` with the mean of the history's rows,
// each scaled to length 1. Cases name rows and have a history. One result for
// each cutoff; NaN without cases. It does not depend on `threads`.
// InvalidArgument: a number that is not finite.
absl::StatusOr<std::vector<RecommendationScores>> RecommendByHistory(
    const MatrixView& items, absl::Span<const RecommendationCase> cases,
    absl::Span<const uint64_t> cutoffs, int threads);

// The same by popularity: scores are counts[i] of item i, in float32.
std::vector<RecommendationScores> RecommendByPopularity(
    absl::Span<const uint64_t> counts,
    absl::Span<const RecommendationCase> cases,
    absl::Span<const uint64_t> cutoffs, int threads);

}  // namespace embed

#endif  // EMBED_EVAL_RECOMMENDATION_H_
