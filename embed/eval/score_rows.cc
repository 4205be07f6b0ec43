#include "embed/eval/score_rows.h"

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "Eigen/Core"
#include "embed/base/parallel.h"

namespace embed {
namespace {

// More queries at a time gain nothing: the product is then bound by arithmetic.
constexpr uint64_t kMostQueries = 64;
constexpr uint64_t kMostScores = uint64_t{1} << 24;  // 64 MiB

// Rows of a view as columns, as Eigen stores matrices.
using Columns =
    Eigen::Map<const Eigen::MatrixXf, Eigen::Unaligned, Eigen::OuterStride<>>;

Columns AsColumns(const MatrixView& view, uint64_t first, uint64_t count) {
  return {view.data + first * view.stride, view.dim,
          static_cast<Eigen::Index>(count),
          Eigen::OuterStride<>(static_cast<Eigen::Index>(view.stride))};
}

}  // namespace

void ScoreRows(const MatrixView& queries, const MatrixView& rows, int threads,
               const ScoreVisitor& visit) {
  if (rows.rows == 0) return;
  // Depends on the shapes only, so that sums are the same for any threads.
  const uint64_t block =
      std::clamp<uint64_t>(kMostScores / rows.rows, 1, kMostQueries);
  const Columns all = AsColumns(rows, 0, rows.rows);
  std::atomic<uint64_t> next{0};
  RunThreads(threads, [&](int) {
    Eigen::MatrixXf scores;  // [rows, queries of the block]
    for (uint64_t first; (first = next.fetch_add(block)) < queries.rows;) {
      const uint64_t count = std::min(block, queries.rows - first);
      scores.noalias() = all.transpose() * AsColumns(queries, first, count);
      for (uint64_t i = 0; i < count; ++i) {
        visit(first + i,
              {scores.data() + i * rows.rows, static_cast<size_t>(rows.rows)});
      }
    }
  });
}

}  // namespace embed
