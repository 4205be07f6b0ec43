#include "embed/eval/procrustes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "Eigen/Core"
#include "Eigen/SVD"
#include "embed/base/check.h"

namespace embed {
namespace {

// Rows turned into doubles at a time.
constexpr uint64_t kBlock = 1024;

using Block = Eigen::MatrixXd;  // a column a row of the view

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

}  // namespace

double ProcrustesDistance(const MatrixView& a, const MatrixView& b) {
  EMBED_DCHECK(a.rows == b.rows);
  const Eigen::VectorXd mean_a = Mean(a);
  const Eigen::VectorXd mean_b = Mean(b);
  Eigen::MatrixXd product = Eigen::MatrixXd::Zero(a.dim, b.dim);
  double square_a = 0;
  double square_b = 0;
  for (uint64_t first = 0; first < a.rows; first += kBlock) {
    const uint64_t count = std::min(kBlock, a.rows - first);
    const Block block_a = Centred(a, first, count, mean_a);
    const Block block_b = Centred(b, first, count, mean_b);
    square_a += block_a.squaredNorm();
    square_b += block_b.squaredNorm();
    product.noalias() += block_a * block_b.transpose();
  }
  const double scale = std::sqrt(square_a * square_b);
  if (!(scale > 0)) return std::nan("");
  product /= scale;
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(product);
  // Rounding may put the sum above 1.
  return std::max(0.0, 2 - 2 * svd.singularValues().sum());
}

}  // namespace embed
