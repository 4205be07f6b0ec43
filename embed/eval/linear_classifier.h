// Logistic regression with an L2 penalty, by LIBLINEAR (Fan, Chang, Hsieh,
// Wang, Lin, JMLR 2008).
//
// A binary problem is minimised over (w, b):
//   1/2 (|w|^2 + b^2) + C sum_i log(1 + exp(-y_i (w.x_i + b))),   y_i = +-1.
// The bias is a feature that is 1 everywhere and is penalised with the others,
// as scikit-learn's LogisticRegression(solver="liblinear") does, which the
// published protocols use. Method: trust region Newton on the primal (solver
// L2R_LR), which draws no random numbers, so the same rows give the same
// numbers on any thread. It stops at a gradient below
// tolerance * min(#positive, #negative) / #rows times that at w = 0.
#ifndef EMBED_EVAL_LINEAR_CLASSIFIER_H_
#define EMBED_EVAL_LINEAR_CLASSIFIER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct LogisticOptions {
  // InvalidArgument: c or tolerance not a positive finite number.
  absl::Status Validate() const;

  double c = 1.0;           // weight of the data against the penalty
  double tolerance = 1e-4;  // scikit-learn's
};

// The rows a classifier learns from or is asked about, in LIBLINEAR's form:
// 16 bytes a number, so 2 KiB for a row of 128. Immutable: threads share it.
class FeatureRows {
 public:
  // Row i is rows.row(i). InvalidArgument, naming the row: a value that is not
  // finite. ResourceExhausted: no memory for the copy.
  static absl::StatusOr<FeatureRows> Create(const MatrixView& rows);
  ~FeatureRows();
  FeatureRows(FeatureRows&&) noexcept;
  FeatureRows& operator=(FeatureRows&&) noexcept;

  uint32_t size() const;
  int dim() const;

  struct Storage;
  const Storage& storage() const { return *storage_; }  // for this header's .cc

 private:
  explicit FeatureRows(std::unique_ptr<Storage> storage);

  std::unique_ptr<Storage> storage_;
};

// w.x + b; the probability of "positive" is 1 / (1 + exp(-that)).
struct LinearScore {
  double Of(absl::Span<const float> row) const;

  std::vector<double> weights;  // [dim]
  double bias = 0.0;
};

// Learns from rows[indices[i]], which is positive where positive[i]. Where all
// are alike there is nothing to learn: the score is -infinity (none positive)
// or +infinity everywhere, as scikit-learn's one-vs-rest takes it. indices and
// positive are of one length >= 1. Thread-safe.
LinearScore TrainLogistic(const FeatureRows& rows,
                          absl::Span<const uint32_t> indices,
                          const std::vector<bool>& positive,
                          const LogisticOptions& options);

}  // namespace embed

#endif  // EMBED_EVAL_LINEAR_CLASSIFIER_H_
