#include "embed/eval/search_recall.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "embed/base/check.h"
#include "embed/eval/cosine.h"

namespace embed {
namespace {

// Cosines of float32 vectors that differ by less are equal.
constexpr double kTie = 1e-7;

}  // namespace

SearchRecall MeasureRecall(const MatrixView& unit_rows,
                           absl::Span<const uint32_t> queries,
                           absl::Span<const std::vector<ScoredRow>> exact,
                           absl::Span<const std::vector<ScoredRow>> answers,
                           uint64_t k) {
  EMBED_DCHECK(exact.size() == queries.size());
  EMBED_DCHECK(answers.size() == queries.size());
  SearchRecall result;
  double squares = 0;
  double scored = 0;
  double counted = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    const size_t wanted = std::min<size_t>(k, exact[i].size());
    if (wanted == 0) continue;
    const double least = exact[i][wanted - 1].score - kTie;
    double right = 0;
    for (size_t at = 0; at < std::min<size_t>(k, answers[i].size()); ++at) {
      const ScoredRow& answer = answers[i][at];
      const double cosine =
          Cosine(unit_rows.row(queries[i]), unit_rows.row(answer.id));
      const double error = std::abs(answer.score - cosine);
      right += cosine >= least ? 1 : 0;
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
