#include "embed/eval/softmax_regression.h"

#include <lbfgs.h>

#include <cmath>
#include <cstddef>
#include <limits>

#include "Eigen/Core"
#include "embed/eval/sample_blocks.h"

namespace embed {
namespace {

static_assert(sizeof(lbfgsfloatval_t) == sizeof(double));

constexpr int kMaxIterations = 1000;

using DoubleMatrix = Eigen::MatrixXd;
using Parameters =
    Eigen::Map<const DoubleMatrix>;  // [classes, dim + 1], bias last

// The objective and its gradient, divided by C and the number of samples so
// that the stopping rule means the same for any size of data.
class SoftmaxObjective {
 public:
  SoftmaxObjective(const MatrixView& rows, absl::Span<const uint32_t> indices,
                   absl::Span<const uint32_t> classes, uint32_t num_classes,
                   double c)
      : samples_{rows, indices},
        width_(rows.dim + 1),
        classes_(classes),
        num_classes_(num_classes),
        penalty_(1 / (c * static_cast<double>(indices.size()))) {}

  Eigen::Index size() const { return num_classes_ * width_; }

  double Evaluate(const double* at, double* gradient_at) const {
    const Parameters parameters(at, num_classes_, width_);
    Eigen::Map<DoubleMatrix> gradient(gradient_at, num_classes_, width_);
    gradient.setZero();
    double loss = 0;
    samples_.ForEach<double>([&](size_t first, absl::Span<const double> block) {
      const Eigen::Map<const DoubleMatrix> columns(
          block.data(), width_,
          static_cast<Eigen::Index>(block.size()) / width_);
      DoubleMatrix shares = parameters * columns;  // [classes, samples]
      for (Eigen::Index i = 0; i < shares.cols(); ++i) {
        const uint32_t truth = classes_[first + static_cast<size_t>(i)];
        auto share = shares.col(i);
        share = (share.array() - share.maxCoeff()).exp();
        const double sum = share.sum();
        loss -= std::log(share[truth] / sum);
        share /= sum;
        share[truth] -= 1;
      }
      gradient.noalias() += shares * columns.transpose();
    });
    const Eigen::Index dim = width_ - 1;
    const double samples = static_cast<double>(classes_.size());
    gradient /= samples;
    gradient.leftCols(dim) += penalty_ * parameters.leftCols(dim);
    return loss / samples +
           penalty_ / 2 * parameters.leftCols(dim).squaredNorm();
  }

 private:
  SampleBlocks samples_;
  Eigen::Index width_;
  absl::Span<const uint32_t> classes_;
  Eigen::Index num_classes_;
  double penalty_;
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
