#include "embed/eval/nearest_rows.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include "embed/eval/score_rows.h"
#include "embed/kernels/int8_top_k.h"
#include "embed/math/cosine.h"

namespace embed {
namespace {

// Candidates beyond k, whose order float32 may have got wrong.
constexpr uint64_t kSpare = 16;
// Queries copied together for one call of ScoreRows().
constexpr size_t kQueryBatch = 1024;

std::vector<float> CopyRows(const MatrixView& rows,
                            absl::Span<const uint32_t> ids) {
  std::vector<float> copy;
  copy.reserve(ids.size() * static_cast<size_t>(rows.dim));
  for (const uint32_t id : ids) {
    const absl::Span<const float> row = rows.row(id);
    copy.insert(copy.end(), row.begin(), row.end());
  }
  return copy;
}

// Of l2 |row|^2 / 2: product - that ranks as the distance does. Else empty.
std::vector<float> HalfSquares(const MatrixView& rows, Metric metric) {
  std::vector<float> halves;
  if (metric != Metric::kL2) return halves;
  for (uint64_t i = 0; i < rows.rows; ++i) {
    halves.push_back(static_cast<float>(
        0.5 * Nearness(Metric::kDot, rows.row(i), rows.row(i))));
  }
  return halves;
}

// The k best of the candidates, scored again in double.
std::vector<ScoredRow> Refine(const MatrixView& rows, Metric metric,
                              uint32_t query,
                              const std::vector<Int8Hit>& candidates,
                              uint64_t k) {
  std::vector<ScoredRow> found;
  for (const Int8Hit& hit : candidates) {
    if (hit.row == query) continue;
    const double score =
        metric == Metric::kCosine
            ? Cosine(rows.row(query), rows.row(hit.row))
            : Nearness(metric, rows.row(query), rows.row(hit.row));
    found.push_back({hit.row, score});
  }
  std::sort(found.begin(), found.end(),
            [](const ScoredRow& a, const ScoredRow& b) {
              return std::make_tuple(-a.score, a.id) <
                     std::make_tuple(-b.score, b.id);
            });
  if (found.size() > k) found.resize(k);
  return found;
}

}  // namespace

std::vector<std::vector<ScoredRow>> NearestRows(
    const MatrixView& rows, absl::Span<const uint32_t> queries, uint64_t k,
    int threads, Metric metric) {
  std::vector<std::vector<ScoredRow>> nearest(queries.size());
  k = std::min(k, rows.rows);
  if (k == 0) return nearest;
  const std::vector<float> half_squares = HalfSquares(rows, metric);
  for (size_t first = 0; first < queries.size(); first += kQueryBatch) {
    const absl::Span<const uint32_t> ids = queries.subspan(first, kQueryBatch);
    const std::vector<float> copy = CopyRows(rows, ids);
    const MatrixView view = {copy.data(), ids.size(), rows.dim,
                             static_cast<uint64_t>(rows.dim)};
    ScoreRows(view, rows, threads,
              [&](uint64_t query, absl::Span<const float> scores) {
                Int8TopK best(k + kSpare);
                float threshold = best.threshold();
                for (size_t i = 0; i < scores.size(); ++i) {
                  const float score = half_squares.empty()
                                          ? scores[i]
                                          : scores[i] - half_squares[i];
                  if (score <= threshold) continue;
                  threshold = best.Push(score, static_cast<uint32_t>(i));
                }
                nearest[first + query] =
                    Refine(rows, metric, ids[query], best.TakeSorted(), k);
              });
  }
  return nearest;
}

}  // namespace embed
