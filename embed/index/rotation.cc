// One thread: the order of sums, and so the bits, must not depend on how many
// there are.
#define EIGEN_DONT_PARALLELIZE
#include "embed/index/rotation.h"

#include <algorithm>
#include <cmath>

#include "Eigen/Core"
#include "Eigen/QR"
#include "embed/base/check.h"
#include "embed/base/philox.h"

namespace embed {
namespace {

constexpr double kTwoPi = 6.283185307179586;

// Independent standard normal numbers (Box and Muller 1958), two at a time.
Eigen::MatrixXd NormalMatrix(int dim, uint64_t seed) {
  Eigen::MatrixXd matrix(dim, dim);
  Philox random(seed, RandomPurpose::kRotation, 0, 0);
  const Eigen::Index size = matrix.size();
  for (Eigen::Index i = 0; i < size; i += 2) {
    const double radius = std::sqrt(-2 * std::log(1 - random.NextDouble()));
    const double angle = kTwoPi * random.NextDouble();
    matrix.data()[i] = radius * std::cos(angle);
    if (i + 1 < size) matrix.data()[i + 1] = radius * std::sin(angle);
  }
  return matrix;
}

}  // namespace

std::vector<float> RandomRotation(int dim, uint64_t seed) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(NormalMatrix(dim, seed));
  Eigen::MatrixXd q = qr.householderQ();
  for (int j = 0; j < dim; ++j) {
    if (qr.matrixQR()(j, j) < 0) q.col(j) = -q.col(j);
  }
  std::vector<float> rotation(static_cast<size_t>(dim) * dim);
  Eigen::Map<
      Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      rotation.data(), dim, dim) = q.cast<float>();
  return rotation;
}

void Rotate(absl::Span<const float> rotation, absl::Span<const float> in,
            absl::Span<float> out) {
  const size_t dim = in.size();
  EMBED_DCHECK(rotation.size() == dim * dim && out.size() == dim);
  std::fill(out.begin(), out.end(), 0.0f);
  float* sum = out.data();
  for (size_t i = 0; i < dim; ++i) {
    const float* row = rotation.data() + i * dim;
    const float value = in[i];
    for (size_t j = 0; j < dim; ++j) sum[j] += value * row[j];
  }
}

void RotateBack(absl::Span<const float> rotation, absl::Span<const float> in,
                absl::Span<float> out) {
  const size_t dim = in.size();
  EMBED_DCHECK(rotation.size() == dim * dim && out.size() == dim);
  for (size_t i = 0; i < dim; ++i) {
    const float* row = rotation.data() + i * dim;
    double sum = 0;
    for (size_t j = 0; j < dim; ++j) sum += double{row[j]} * in[j];
    out[i] = static_cast<float>(sum);
  }
}

}  // namespace embed
