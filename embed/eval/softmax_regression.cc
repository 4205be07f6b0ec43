#include "embed/eval/softmax_regression.h"

#include <lbfgs.h>

#include <cmath>
#include <cstddef>
#include <limits>

#include "Eigen/Core"

namespace embed {
namespace {

static_assert(sizeof(lbfgsfloatval_t) == sizeof(double));

constexpr int kMaxIterations = 1000;

using DoubleMatrix = Eigen::MatrixXd;
using Parameters =
    Eigen::Map<const DoubleMatrix>;  // [classes, dim + 1], bias last

// The objective and its gradient, divided by C and the number of samples so
// that the stopping rule means the same for any size of data. One row at a
// time: matrix-vector products of Eigen never use threads of their own.
class SoftmaxObjective {
 public:
  SoftmaxObjective(const MatrixView& rows, absl::Span<const uint32_t> indices,
                   absl::Span<const uint32_t> classes, uint32_t num_classes,
                   double c)
      : classes_(classes),
        num_classes_(num_classes),
        penalty_(1 / (c * static_cast<double>(indices.size()))),
        samples_(rows.dim + 1, static_cast<Eigen::Index>(indices.size())) {
    for (size_t i = 0; i < indices.size(); ++i) {
      const absl::Span<const float> row = rows.row(indices[i]);
      auto sample = samples_.col(static_cast<Eigen::Index>(i));
      for (size_t k = 0; k < row.size(); ++k) {
        sample[static_cast<Eigen::Index>(k)] = row[k];
      }
      sample[rows.dim] = 1;
    }
  }

  Eigen::Index size() const { return num_classes_ * samples_.rows(); }

  double Evaluate(const double* at, double* gradient_at) const {
    const Parameters parameters(at, num_classes_, samples_.rows());
    Eigen::Map<DoubleMatrix> gradient(gradient_at, num_classes_,
                                      samples_.rows());
    gradient.setZero();
    Eigen::VectorXd share(num_classes_);
    double loss = 0;
    for (Eigen::Index i = 0; i < samples_.cols(); ++i) {
      const uint32_t truth = classes_[static_cast<size_t>(i)];
      share.noalias() = parameters * samples_.col(i);
      const double largest = share.maxCoeff();
      share = (share.array() - largest).exp();
      const double sum = share.sum();
      loss -= std::log(share[truth] / sum);
      share /= sum;
      share[truth] -= 1;
      gradient.noalias() += share * samples_.col(i).transpose();
    }
    const double samples = static_cast<double>(samples_.cols());
    gradient /= samples;
    const auto weights = parameters.leftCols(samples_.rows() - 1);
    gradient.leftCols(samples_.rows() - 1) += penalty_ * weights;
    return loss / samples + penalty_ / 2 * weights.squaredNorm();
  }

 private:
  absl::Span<const uint32_t> classes_;
  Eigen::Index num_classes_;
  double penalty_;
  DoubleMatrix samples_;  // [dim + 1, samples], the last row 1
};

double EvaluateForLbfgs(void* objective, const double* at, double* gradient,
                        int /*size*/, double /*step*/) {
  return static_cast<const SoftmaxObjective*>(objective)->Evaluate(at,
                                                                   gradient);
}

}  // namespace

std::vector<LinearScore> TrainSoftmax(const MatrixView& rows,
                                      absl::Span<const uint32_t> indices,
                                      absl::Span<const uint32_t> classes,
                                      uint32_t num_classes,
                                      const LogisticOptions& options) {
  SoftmaxObjective objective(rows, indices, classes, num_classes, options.c);
  lbfgs_parameter_t settings;
  lbfgs_parameter_init(&settings);
  settings.epsilon = options.tolerance;
  settings.max_iterations = kMaxIterations;
  // libLBFGS may want a multiple of 8 numbers, 16 bytes aligned.
  double* at = lbfgs_malloc(static_cast<int>(objective.size()));
  Eigen::Map<Eigen::VectorXd>(at, objective.size()).setZero();
  // An error code tells that a line search found no better point: at the limit
  // of double precision, where the parameters are as good as they get.
  (void)lbfgs(static_cast<int>(objective.size()), at, nullptr,
              &EvaluateForLbfgs, nullptr, &objective, &settings);
  const Parameters parameters(at, num_classes, rows.dim + 1);
  std::vector<bool> occurs(num_classes);
  for (const uint32_t one : classes) occurs[one] = true;
  std::vector<LinearScore> scores(num_classes);
  for (uint32_t k = 0; k < num_classes; ++k) {
    scores[k].weights.resize(static_cast<size_t>(rows.dim));
    for (int i = 0; i < rows.dim; ++i) {
      scores[k].weights[static_cast<size_t>(i)] = parameters(k, i);
    }
    scores[k].bias = occurs[k] ? parameters(k, rows.dim)
                               : -std::numeric_limits<double>::infinity();
  }
  lbfgs_free(at);
  return scores;
}

}  // namespace embed
