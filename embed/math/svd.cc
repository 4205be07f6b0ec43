#include "embed/math/svd.h"

#include <cstddef>

#include "Eigen/Core"
#include "Eigen/SVD"
#include "embed/base/check.h"

namespace embed {
namespace {

using RowMajor =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::vector<double> CopyValues(const RowMajor& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

}  // namespace

Svd ComputeSvd(absl::Span<const double> matrix, int rows, int cols,
               bool with_vectors) {
  EMBED_DCHECK(matrix.size() ==
               static_cast<size_t>(rows) * static_cast<size_t>(cols));
  const Eigen::MatrixXd copy =
      Eigen::Map<const RowMajor>(matrix.data(), rows, cols);
  const unsigned vectors =
      with_vectors ? Eigen::ComputeThinU | Eigen::ComputeThinV : 0;
  const Eigen::BDCSVD<Eigen::MatrixXd> found(copy, vectors);
  Svd svd;
  svd.s.assign(found.singularValues().data(),
               found.singularValues().data() + found.singularValues().size());
  if (with_vectors) {
    svd.u = CopyValues(found.matrixU());
    svd.v = CopyValues(found.matrixV());
  }
  return svd;
}

}  // namespace embed
