// Multinomial logistic regression with an L2 penalty, by libLBFGS (Okazaki;
// method: Nocedal 1980).
//
// Minimised over the weights w_k and biases b_k of the classes k:
//   1/2 sum_k |w_k|^2 + C sum_i -log softmax(W x_i + b)[y_i].
// Biases are not penalised, as in scikit-learn's
// LogisticRegression(multi_class="multinomial", solver="lbfgs").
#ifndef EMBED_EVAL_SOFTMAX_REGRESSION_H_
#define EMBED_EVAL_SOFTMAX_REGRESSION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/eval/linear_classifier.h"
#include "embed/math/matrix_view.h"

namespace embed {

// The score of each class: the largest is the most probable. Learns from
// rows.row(indices[i]) of class classes[i] < num_classes; of one length >= 1.
// Ends when |gradient| < options.tolerance * max(1, |weights and biases|) for
// the objective divided by C and the number of samples, or after 1,000
// iterations. A class without samples scores -infinity. The result depends on
// the arguments only. Thread-safe.
std::vector<LinearScore> TrainSoftmax(const MatrixView& rows,
                                      absl::Span<const uint32_t> indices,
                                      absl::Span<const uint32_t> classes,
                                      uint32_t num_classes,
                                      const LogisticOptions& options);

}  // namespace embed

#endif  // EMBED_EVAL_SOFTMAX_REGRESSION_H_
