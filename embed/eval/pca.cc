#include "embed/eval/pca.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "Eigen/Core"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/math/svd.h"

namespace embed {
namespace {

// Rows summed together; fixed, so that sums are the same for any threads.
constexpr uint64_t kPcaBlock = 4096;

// A column a row of the view, less the mean.
Eigen::MatrixXd PcaCentred(const MatrixView& view, uint64_t first,
                           uint64_t count, const Eigen::VectorXd& mean) {
  Eigen::MatrixXd block(view.dim, static_cast<Eigen::Index>(count));
  for (uint64_t i = 0; i < count; ++i) {
    block.col(static_cast<Eigen::Index>(i)) =
        Eigen::Map<const Eigen::VectorXf>(view.row(first + i).data(), view.dim)
            .cast<double>() -
        mean;
  }
  return block;
}

Eigen::VectorXd PcaMean(const MatrixView& rows) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(rows.dim);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    sum += Eigen::Map<const Eigen::VectorXf>(rows.row(i).data(), rows.dim)
               .cast<double>();
  }
  return sum / static_cast<double>(rows.rows);
}

Eigen::MatrixXd Covariance(const MatrixView& rows, const Eigen::VectorXd& mean,
                           int threads) {
  const uint64_t blocks = (rows.rows + kPcaBlock - 1) / kPcaBlock;
  std::vector<Eigen::MatrixXd> sums(blocks);
  std::atomic<uint64_t> next{0};
  RunThreads(threads, [&](int) {
    for (uint64_t block; (block = next.fetch_add(1)) < blocks;) {
      const uint64_t first = block * kPcaBlock;
      const Eigen::MatrixXd part =
          PcaCentred(rows, first, std::min(kPcaBlock, rows.rows - first), mean);
      sums[block].noalias() = part * part.transpose();
    }
  });
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(rows.dim, rows.dim);
  for (const Eigen::MatrixXd& part : sums) sum += part;
  return sum / static_cast<double>(rows.rows);
}

// The directions as columns [dim, components].
Eigen::MatrixXd Directions(const Svd& svd, int dim, int components) {
  Eigen::MatrixXd directions(dim, components);
  for (int j = 0; j < components; ++j) {
    for (int i = 0; i < dim; ++i) {
      directions(i, j) =
          svd.u[static_cast<size_t>(i) * static_cast<size_t>(dim) +
                static_cast<size_t>(j)];
    }
    Eigen::Index largest;
    directions.col(j).cwiseAbs().maxCoeff(&largest);
    if (directions(largest, j) < 0) directions.col(j) *= -1;
  }
  return directions;
}

}  // namespace

absl::StatusOr<PrincipalComponents> Pca(const MatrixView& rows, int components,
                                        int threads) {
  if (rows.rows == 0) return absl::InvalidArgumentError("no rows");
  if (components < 1 || components > rows.dim) {
    return absl::InvalidArgumentError(
        absl::StrCat(components, " components of ", rows.dim, " dimensions"));
  }
  const Eigen::VectorXd mean = PcaMean(rows);
  const Eigen::MatrixXd covariance = Covariance(rows, mean, threads);
  if (!covariance.allFinite()) {
    return absl::InvalidArgumentError(
        "a vector holds a number that is not finite");
  }
  const Svd svd =
      ComputeSvd({covariance.data(), static_cast<size_t>(covariance.size())},
                 rows.dim, rows.dim, /*with_vectors=*/true);
  const Eigen::MatrixXd directions = Directions(svd, rows.dim, components);
  PrincipalComponents result;
  result.places.resize(rows.rows * static_cast<size_t>(components));
  ParallelFor(threads, rows.rows, [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      Eigen::Map<Eigen::VectorXd>(
          result.places.data() + i * static_cast<size_t>(components),
          components) = directions.transpose() * PcaCentred(rows, i, 1, mean);
    }
  });
  const double total = covariance.trace();
  for (int i = 0; i < components; ++i) {
    result.shares.push_back(total > 0 ? svd.s[static_cast<size_t>(i)] / total
                                      : 0);
  }
  return result;
}

}  // namespace embed
