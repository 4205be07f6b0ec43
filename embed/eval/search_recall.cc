#include "embed/eval/search_recall.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "embed/base/check.h"
#include "embed/math/metric.h"

namespace embed {

SearchRecall MeasureRecall(const MatrixView& rows,
                           absl::Span<const uint32_t> queries,
                           absl::Span<const std::vector<ScoredRow>> exact,
                           absl::Span<const std::vector<ScoredRow>> answers,
                           uint64_t k, Metric metric) {
  EMBED_DCHECK(exact.size() == queries.size());
  EMBED_DCHECK(answers.size() == queries.size());
  SearchRecall result;
  double squares = 0;
  double scored = 0;
  double counted = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    const size_t wanted = std::min<size_t>(k, exact[i].size());
    if (wanted == 0) continue;
    const absl::Span<const float> query = rows.row(queries[i]);
    const ScoredRow& last = exact[i][wanted - 1];
    const double least =
        last.score - NearnessTie(metric, query, rows.row(last.id));
    double right = 0;
    for (size_t at = 0; at < std::min<size_t>(k, answers[i].size()); ++at) {
      const ScoredRow& answer = answers[i][at];
      const double score = Nearness(metric, query, rows.row(answer.id));
      const double error = std::abs(answer.score - score);
      right += score >= least ? 1 : 0;
      squares += error * error;
      scored += 1;
      result.max_error = std::max(result.max_error, error);
    }
    result.recall += right / static_cast<double>(wanted);
    counted += 1;
  }
  // 0 / 0 is NaN.
  result.recall /= counted;
  result.rms_error = std::sqrt(squares / scored);
  if (scored == 0) result.max_error = result.rms_error;
  return result;
}

}  // namespace embed
