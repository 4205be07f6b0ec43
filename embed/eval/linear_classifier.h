// Logistic regression with an L2 penalty, of many labels on the same rows.
//
// For each label (w, b) minimises
//   1/2 (|w|^2 + b^2) + C sum_i log(1 + exp(-y_i (w.x_i + b))),   y_i = +-1.
// The bias is a feature that is 1 everywhere and is penalised with the others,
// as LIBLINEAR (Fan, Chang, Hsieh, Wang, Lin, JMLR 2008) and scikit-learn's
// LogisticRegression(solver="liblinear") do, which the published protocols use.
// The end is LIBLINEAR's, too: a gradient below
// tolerance * min(#positive, #negative) / #rows times that at w = 0.
//
// Method: Newton, each step by conjugate gradients that stop early (Lin, Weng,
// Keerthi, JMLR 2008), halved until the objective falls. All labels go
// together, so that the products with the rows are of matrices; a label that is
// at its end leaves. Conjugate gradients are preconditioned in the principal
// axes of the rows, X^T X = Q diag(l) Q^T: the Hessian of a label,
// I + C X^T diag(p (1 - p)) X, is near I + C mean(p (1 - p)) diag(l) there.
// No random numbers are drawn.
#ifndef EMBED_EVAL_LINEAR_CLASSIFIER_H_
#define EMBED_EVAL_LINEAR_CLASSIFIER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct LogisticOptions {
  // InvalidArgument: c or tolerance not a positive finite number.
  absl::Status Validate() const;

  double c = 1.0;           // weight of the data against the penalty
  double tolerance = 1e-4;  // scikit-learn's
};

// w.x + b; the probability of "positive" is 1 / (1 + exp(-that)).
struct LinearScore {
  double Of(absl::Span<const float> row) const;

  std::vector<double> weights;  // [dim]
  double bias = 0.0;
};

// What rows must be to learn from. InvalidArgument, naming the row: a value
// that is not finite.
absl::Status CheckFiniteRows(const MatrixView& rows);

// The score of each label, learned from rows.row(indices[i]) for all i;
// positives[label] are the i that have the label, rising, the others do not.
// Where all are alike there is nothing to learn: the score is -infinity (none
// positive) or +infinity everywhere, as scikit-learn's one-vs-rest takes it.
// At least one index; rows are finite. The result depends on the arguments
// only. Memory: 8 bytes a row for each of at most 64 labels at a time, and
// matrices of [dim + 1, dim + 1] doubles; the axes of one are found first, in
// time O(dim^3). Thread-safe.
std::vector<LinearScore> TrainLogistic(
    const MatrixView& rows, absl::Span<const uint32_t> indices,
    absl::Span<const std::vector<uint32_t>> positives,
    const LogisticOptions& options);

}  // namespace embed

#endif  // EMBED_EVAL_LINEAR_CLASSIFIER_H_
