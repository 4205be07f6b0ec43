#include "embed/eval/csls.h"

#include <algorithm>
#include <cstddef>

#include "embed/base/check.h"
#include "embed/eval/score_rows.h"
#include "embed/kernels/int8_top_k.h"

namespace embed {
namespace {

std::vector<Int8Hit> BestHits(absl::Span<const float> scores, uint64_t k) {
  Int8TopK best(k);
  float threshold = best.threshold();
  for (size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] <= threshold) continue;
    threshold = best.Push(scores[i], static_cast<uint32_t>(i));
  }
  return best.TakeSorted();
}

}  // namespace

std::vector<float> MeanNearestCosines(const MatrixView& from,
                                      const MatrixView& to, uint64_t k,
                                      int threads) {
  EMBED_DCHECK(k >= 1 && to.rows >= 1);
  std::vector<float> means(from.rows);
  ScoreRows(
      from, to, threads, [&](uint64_t row, absl::Span<const float> scores) {
        const std::vector<Int8Hit> best =
            BestHits(scores, std::min(k, to.rows));
        double sum = 0;
        for (const Int8Hit& hit : best) sum += double{hit.score};
        means[row] = static_cast<float>(sum / static_cast<double>(best.size()));
      });
  return means;
}

std::vector<std::vector<ScoredRow>> NearestOf(const MatrixView& queries,
                                              const MatrixView& rows,
                                              absl::Span<const float> penalties,
                                              uint64_t k, int threads) {
  EMBED_DCHECK(penalties.empty() || penalties.size() == rows.rows);
  std::vector<std::vector<ScoredRow>> nearest(queries.rows);
  k = std::min(k, rows.rows);
  if (k == 0) return nearest;
  ScoreRows(queries, rows, threads,
            [&](uint64_t query, absl::Span<const float> cosines) {
              std::vector<float> scores(cosines.begin(), cosines.end());
              for (size_t i = 0; i < penalties.size(); ++i) {
                scores[i] = 2 * scores[i] - penalties[i];
              }
              for (const Int8Hit& hit : BestHits(scores, k)) {
                nearest[query].push_back({hit.row, double{hit.score}});
              }
            });
  return nearest;
}

}  // namespace embed
