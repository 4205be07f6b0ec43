#include "embed/eval/linear_classifier.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

#include "Eigen/Core"
#include "Eigen/Eigenvalues"
#include "absl/strings/str_cat.h"
#include "embed/eval/sample_blocks.h"

namespace embed {
namespace {

using Eigen::Index;
using LabelColumns = Eigen::MatrixXd;  // a column a label
using LabelNumbers = Eigen::Array<double, 1, Eigen::Dynamic>;  // one a label
using LabelList = std::vector<Index>;                          // rising

// Labels of one batch: more gain nothing, and what is kept of each row grows.
constexpr size_t kMostLabels = 64;
// Conjugate gradients end when the residual, in the norm of the preconditioner,
// has fallen to this share: LIBLINEAR's.
constexpr double kResidualShare = 0.1;
// A step is taken where the objective falls by this share of what the gradient
// promises (Armijo), but for the rounding of a sample's loss.
constexpr double kLeastFall = 1e-4;
constexpr double kLossRounding = 1e-13;
// Limits for what converges nowhere: numbers too large to be squared in
// float32, tolerances beyond double precision.
constexpr int kMostNewtonSteps = 100;
constexpr int kMostProducts = 250;
constexpr int kMostHalvings = 30;

bool IsPositive(double value) { return std::isfinite(value) && value > 0; }

// A block of samples, a column each.
template <typename Number>
using SampleColumns =
    Eigen::Map<const Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>>;

// visit(first, columns) for all blocks.
template <typename Number, typename Visit>
void ForEachBlock(const SampleBlocks& samples, const Visit& visit) {
  const Index width = static_cast<Index>(samples.width());
  samples.ForEach<Number>([&](size_t first, absl::Span<const Number> block) {
    visit(static_cast<Index>(first),
          SampleColumns<Number>(block.data(), width,
                                static_cast<Index>(block.size()) / width));
  });
}

LabelList FirstLabels(Index count) {
  LabelList labels(static_cast<size_t>(count));
  std::iota(labels.begin(), labels.end(), 0);
  return labels;
}

// Where some labels stand; coordinates are in the principal axes.
struct NewtonPoint {
  // Of the labels in these columns.
  NewtonPoint Of(const LabelList& columns) const {
    NewtonPoint some;
    for (const Index column : columns) {
      some.labels.push_back(labels[static_cast<size_t>(column)]);
    }
    some.at = at(Eigen::all, columns);
    some.loss = loss(columns);
    some.gradient = gradient(Eigen::all, columns);
    some.curvature = curvature(Eigen::all, columns);
    return some;
  }

  LabelList labels;
  LabelColumns at;        // [width, labels]
  LabelNumbers loss;      // the objective
  LabelColumns gradient;  // [width, labels]
  // p (1 - p), [samples, labels]. What comes of it is tried out, so that
  // float32 is enough.
  Eigen::MatrixXf curvature;
};

// X^T X = axes diag(lengths) axes^T.
struct PrincipalAxes {
  explicit PrincipalAxes(const SampleBlocks& samples) {
    const Index width = static_cast<Index>(samples.width());
    Eigen::MatrixXd products = Eigen::MatrixXd::Zero(width, width);
    ForEachBlock<double>(samples, [&](Index /*first*/, const auto& block) {
      products.selfadjointView<Eigen::Lower>().rankUpdate(block);
    });
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);
    axes = solver.eigenvectors();
    lengths = solver.eigenvalues().cwiseMax(0);
  }

  Eigen::MatrixXd axes;
  Eigen::VectorXd lengths;
};

// The objectives of labels with positive and negative samples.
class LogisticObjectives {
 public:
  LogisticObjectives(const SampleBlocks& samples,
                     const PrincipalAxes& principal,
                     absl::Span<const std::vector<uint32_t>> positives,
                     absl::Span<const uint32_t> labels, double c)
      : samples_(samples),
        principal_(principal),
        c_(c),
        positive_sums_(LabelColumns::Zero(static_cast<Index>(samples.width()),
                                          static_cast<Index>(labels.size()))) {
    for (Index i = 0; i < positive_sums_.cols(); ++i) {
      for (const uint32_t sample : positives[labels[static_cast<size_t>(i)]]) {
        Add(samples.rows.row(samples.indices[sample]), positive_sums_.col(i));
      }
    }
  }

  Index labels() const { return positive_sums_.cols(); }
  Index width() const { return positive_sums_.rows(); }

  // With softplus(f) = log(1 + exp(f)) the loss of a negative sample is
  // softplus(f), its derivative p; of a positive one softplus(f) - f and p - 1:
  // what is taken off comes from the sums of the positive samples.
  NewtonPoint Evaluate(const LabelList& labels, LabelColumns at) const {
    const LabelColumns weights = principal_.axes * at;
    NewtonPoint point;
    point.labels = labels;
    point.curvature.resize(static_cast<Index>(samples_.indices.size()),
                           weights.cols());
    LabelColumns slope = -positive_sums_(Eigen::all, labels);
    LabelNumbers loss = weights.cwiseProduct(slope).colwise().sum();
    ForEachBlock<double>(samples_, [&](Index first, const auto& block) {
      const Eigen::ArrayXXd scores = (block.transpose() * weights).array();
      const Eigen::ArrayXXd odds = (-scores.abs()).exp();  // <= 1
      loss += (scores.max(0.0) + odds.log1p()).colwise().sum();
      const Eigen::ArrayXXd larger = 1 / (1 + odds);  // of p and 1 - p
      const Eigen::ArrayXXd smaller = odds * larger;
      slope.noalias() += block * (scores >= 0).select(larger, smaller).matrix();
      point.curvature.middleRows(first, block.cols()) =
          (larger * smaller).matrix().cast<float>();
    });
    point.loss = c_ * loss + at.colwise().squaredNorm().array() / 2;
    point.gradient = at + c_ * (principal_.axes.transpose() * slope);
    point.at = std::move(at);
    return point;
  }

  // The Hessians in these columns of a point, each times its direction.
  LabelColumns HessianProducts(const NewtonPoint& point,
                               const LabelList& columns,
                               const LabelColumns& directions) const {
    const Eigen::MatrixXf weights =
        (principal_.axes * directions).cast<float>();
    Eigen::MatrixXf sums = Eigen::MatrixXf::Zero(width(), weights.cols());
    ForEachBlock<float>(samples_, [&](Index first, const auto& block) {
      Eigen::MatrixXf scores = block.transpose() * weights;
      scores.array() *=
          point.curvature(Eigen::seqN(first, block.cols()), columns).array();
      sums.noalias() += block * scores;
    });
    return directions +
           c_ * (principal_.axes.transpose() * sums.cast<double>());
  }

  // The preconditioner: nearly the diagonals of the Hessians.
  LabelColumns Diagonals(const NewtonPoint& point) const {
    const Eigen::RowVectorXd mean =
        point.curvature.colwise().mean().cast<double>();
    return (1 + c_ * (principal_.lengths * mean).array()).matrix();
  }

  // What the objectives may be wrong by.
  double Rounding() const {
    return kLossRounding * c_ * static_cast<double>(samples_.indices.size());
  }

 private:
  // The sum and a row with its 1.
  static void Add(absl::Span<const float> row,
                  Eigen::Ref<Eigen::VectorXd> sum) {
    for (size_t k = 0; k < row.size(); ++k) {
      sum[static_cast<Index>(k)] += row[k];
    }
    sum[static_cast<Index>(row.size())] += 1;
  }

  const SampleBlocks& samples_;
  const PrincipalAxes& principal_;
  double c_;
  LabelColumns positive_sums_;
};

// About minus the inverse Hessians times the gradients, by conjugate gradients.
LabelColumns NewtonSteps(const LogisticObjectives& objectives,
                         const NewtonPoint& point) {
  const LabelColumns diagonals = objectives.Diagonals(point);
  LabelColumns steps = LabelColumns::Zero(point.at.rows(), point.at.cols());
  LabelColumns residuals = -point.gradient;
  LabelColumns directions = residuals.cwiseQuotient(diagonals);
  LabelNumbers squares = residuals.cwiseProduct(directions).colwise().sum();
  const LabelNumbers enough = kResidualShare * kResidualShare * squares;
  LabelList open = FirstLabels(point.at.cols());
  for (int round = 0; round < kMostProducts && !open.empty(); ++round) {
    const LabelColumns tried = directions(Eigen::all, open);
    const LabelColumns products =
        objectives.HessianProducts(point, open, tried);
    LabelList left;
    for (size_t i = 0; i < open.size(); ++i) {
      const Index k = open[i];
      const auto direction = tried.col(static_cast<Index>(i));
      const auto product = products.col(static_cast<Index>(i));
      const double length = squares[k] / direction.dot(product);
      if (!IsPositive(length)) continue;
      steps.col(k) += length * direction;
      residuals.col(k) -= length * product;
      const Eigen::VectorXd next =
          residuals.col(k).cwiseQuotient(diagonals.col(k));
      const double square = next.dot(residuals.col(k));
      directions.col(k) = next + square / squares[k] * direction;
      squares[k] = square;
      if (square > enough[k]) left.push_back(k);
    }
    open = std::move(left);
  }
  return steps;
}

// The point these steps away; half as far, and so on, for labels whose
// objective would not fall, and no way at all where it does not fall then.
NewtonPoint Move(const LogisticObjectives& objectives, const NewtonPoint& from,
                 LabelColumns steps) {
  for (int halvings = 0;; ++halvings) {
    NewtonPoint to = objectives.Evaluate(from.labels, from.at + steps);
    const LabelNumbers promised =
        from.gradient.cwiseProduct(steps).colwise().sum();
    const auto falls =
        (to.loss <= from.loss + kLeastFall * promised + objectives.Rounding())
            .eval();
    if (falls.all() || halvings > kMostHalvings) return to;
    for (Index i = 0; i < steps.cols(); ++i) {
      if (falls[i]) continue;
      if (halvings < kMostHalvings) {
        steps.col(i) /= 2;
      } else {
        steps.col(i).setZero();
      }
    }
  }
}

// The weights of each label, behind them the bias: [width, labels], in the
// principal axes. tolerance: of the gradient against that at 0.
LabelColumns Minimize(const LogisticObjectives& objectives,
                      const LabelNumbers& tolerance) {
  LabelColumns result =
      LabelColumns::Zero(objectives.width(), objectives.labels());
  NewtonPoint point =
      objectives.Evaluate(FirstLabels(objectives.labels()), result);
  const LabelNumbers enough =
      tolerance * point.gradient.colwise().norm().array();
  for (int steps = 0;; ++steps) {
    LabelList left;
    for (Index i = 0; i < point.at.cols(); ++i) {
      const Index label = point.labels[static_cast<size_t>(i)];
      // Where no step leads on, none will.
      const bool moved = steps == 0 || point.at.col(i) != result.col(label);
      result.col(label) = point.at.col(i);
      if (moved && point.gradient.col(i).norm() > enough[label]) {
        left.push_back(i);
      }
    }
    if (left.empty() || steps == kMostNewtonSteps) return result;
    if (left.size() < point.labels.size()) point = point.Of(left);
    point = Move(objectives, point, NewtonSteps(objectives, point));
  }
}

// The scores of labels that have positive and negative samples.
void TrainBatch(const SampleBlocks& samples, const PrincipalAxes& principal,
                absl::Span<const std::vector<uint32_t>> positives,
                absl::Span<const uint32_t> labels,
                const LogisticOptions& options,
                std::vector<LinearScore>* scores) {
  LabelNumbers tolerance(static_cast<Index>(labels.size()));
  const double size = static_cast<double>(samples.indices.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    const double share =
        static_cast<double>(positives[labels[i]].size()) / size;
    tolerance[static_cast<Index>(i)] =
        options.tolerance * std::min(share, 1 - share);
  }
  const LogisticObjectives objectives(samples, principal, positives, labels,
                                      options.c);
  const LabelColumns weights = principal.axes * Minimize(objectives, tolerance);
  for (size_t i = 0; i < labels.size(); ++i) {
    LinearScore& score = (*scores)[labels[i]];
    const double* own = weights.col(static_cast<Index>(i)).data();
    score.weights.assign(own, own + samples.rows.dim);
    score.bias = own[samples.rows.dim];
  }
}

}  // namespace

absl::Status LogisticOptions::Validate() const {
  if (!IsPositive(c)) {
    return absl::InvalidArgumentError(
        absl::StrCat("C is ", c, ", expected a number > 0"));
  }
  if (!IsPositive(tolerance)) {
    return absl::InvalidArgumentError(
        absl::StrCat("tolerance is ", tolerance, ", expected a number > 0"));
  }
  return absl::OkStatus();
}

double LinearScore::Of(absl::Span<const float> row) const {
  double sum = bias;
  for (size_t i = 0; i < weights.size(); ++i) sum += weights[i] * row[i];
  return sum;
}

absl::Status CheckFiniteRows(const MatrixView& rows) {
  for (uint64_t row = 0; row < rows.rows; ++row) {
    for (const float value : rows.row(row)) {
      if (std::isfinite(value)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("row ", row, " holds a number that is not finite"));
    }
  }
  return absl::OkStatus();
}

std::vector<LinearScore> TrainLogistic(
    const MatrixView& rows, absl::Span<const uint32_t> indices,
    absl::Span<const std::vector<uint32_t>> positives,
    const LogisticOptions& options) {
  std::vector<LinearScore> scores(positives.size());
  std::vector<uint32_t> to_learn;
  for (uint32_t label = 0; label < positives.size(); ++label) {
    const size_t count = positives[label].size();
    if (count > 0 && count < indices.size()) {
      to_learn.push_back(label);
      continue;
    }
    scores[label].weights.resize(static_cast<size_t>(rows.dim));
    scores[label].bias =
        std::numeric_limits<double>::infinity() * (count > 0 ? 1 : -1);
  }
  if (to_learn.empty()) return scores;
  const SampleBlocks samples = {rows, indices};
  const PrincipalAxes principal(samples);
  absl::Span<const uint32_t> labels = to_learn;
  for (; !labels.empty();
       labels.remove_prefix(std::min(labels.size(), kMostLabels))) {
    TrainBatch(samples, principal, positives,
               labels.first(std::min(labels.size(), kMostLabels)), options,
               &scores);
  }
  return scores;
}

}  // namespace embed
