#include "embed/eval/procrustes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "Eigen/Core"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/math/svd.h"

namespace embed {
namespace {

// Rows turned into doubles at a time.
constexpr uint64_t kProcrustesBlock = 1024;

using Block = Eigen::MatrixXd;  // a column a row of the view
using RowMajor =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Block Centred(const MatrixView& view, uint64_t first, uint64_t count,
              const Eigen::VectorXd& mean) {
  const Eigen::Map<const Eigen::MatrixXf, Eigen::Unaligned,
                   Eigen::OuterStride<>>
      rows(view.data + first * view.stride, view.dim,
           static_cast<Eigen::Index>(count),
           Eigen::OuterStride<>(static_cast<Eigen::Index>(view.stride)));
  return rows.cast<double>().colwise() - mean;
}

Eigen::VectorXd Mean(const MatrixView& view) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(view.dim);
  for (uint64_t i = 0; i < view.rows; ++i) {
    sum += Eigen::Map<const Eigen::VectorXf>(view.row(i).data(), view.dim)
               .cast<double>();
  }
  return sum / static_cast<double>(view.rows);
}

absl::Span<const double> Values(const RowMajor& matrix) {
  return {matrix.data(), static_cast<size_t>(matrix.size())};
}

}  // namespace

double ProcrustesDistance(const MatrixView& a, const MatrixView& b) {
  EMBED_DCHECK(a.rows == b.rows);
  const Eigen::VectorXd mean_a = Mean(a);
  const Eigen::VectorXd mean_b = Mean(b);
  RowMajor product = RowMajor::Zero(a.dim, b.dim);
  double square_a = 0;
  double square_b = 0;
  for (uint64_t first = 0; first < a.rows; first += kProcrustesBlock) {
    const uint64_t count = std::min(kProcrustesBlock, a.rows - first);
    const Block block_a = Centred(a, first, count, mean_a);
    const Block block_b = Centred(b, first, count, mean_b);
    square_a += block_a.squaredNorm();
    square_b += block_b.squaredNorm();
    product.noalias() += block_a * block_b.transpose();
  }
  const double scale = std::sqrt(square_a * square_b);
  if (!(scale > 0)) return std::nan("");
  product /= scale;
  const Svd svd = ComputeSvd(Values(product), a.dim, b.dim, false);
  // Rounding may put the sum above 1.
  return std::max(0.0,
                  2 - 2 * std::accumulate(svd.s.begin(), svd.s.end(), 0.0));
}

absl::StatusOr<std::vector<double>> OrthogonalMap(const MatrixView& a,
                                                  const MatrixView& b) {
  if (a.rows != b.rows || a.dim != b.dim || a.rows == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "[", a.rows, ", ", a.dim, "] and [", b.rows, ", ", b.dim,
        "] vectors; expected as many rows, at least one, and the same dim"));
  }
  const Eigen::VectorXd zero = Eigen::VectorXd::Zero(a.dim);
  RowMajor product = RowMajor::Zero(a.dim, a.dim);
  for (uint64_t first = 0; first < a.rows; first += kProcrustesBlock) {
    const uint64_t count = std::min(kProcrustesBlock, a.rows - first);
    product.noalias() += Centred(a, first, count, zero) *
                         Centred(b, first, count, zero).transpose();
  }
  if (!product.allFinite()) {
    return absl::InvalidArgumentError(
        "a vector holds a number that is not finite");
  }
  const Svd svd = ComputeSvd(Values(product), a.dim, a.dim, true);
  const RowMajor map =
      Eigen::Map<const RowMajor>(svd.u.data(), a.dim, a.dim) *
      Eigen::Map<const RowMajor>(svd.v.data(), a.dim, a.dim).transpose();
  const absl::Span<const double> values = Values(map);
  return std::vector<double>(values.begin(), values.end());
}

absl::StatusOr<EmbeddingTable> ApplyMap(const MatrixView& rows,
                                        absl::Span<const double> map,
                                        int threads) {
  EMBED_DCHECK(map.size() ==
               static_cast<size_t>(rows.dim) * static_cast<size_t>(rows.dim));
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable mapped,
                         EmbeddingTable::Create(rows.rows, rows.dim));
  const Eigen::Map<const RowMajor> turn(map.data(), rows.dim, rows.dim);
  ParallelFor(threads, rows.rows, [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      const Eigen::Map<const Eigen::VectorXf> row(rows.row(i).data(), rows.dim);
      Eigen::Map<Eigen::VectorXf>(mapped.row(i), rows.dim) =
          (turn.transpose() * row.cast<double>()).cast<float>();
    }
  });
  return mapped;
}

}  // namespace embed
