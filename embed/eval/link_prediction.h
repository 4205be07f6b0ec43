// How well do vectors tell linked pairs from others? The protocol of node2vec
// (Grover, Leskovec 2016, section 4.4): edges are held out of the graph before
// the vectors are trained, as many pairs without an edge are drawn, and a score
// made of the two vectors u and v of a pair must put the former first.
//
//   dot       u.v                       cosine    u.v / (|u| |v|)
//   average   (u_i + v_i) / 2           hadamard  u_i v_i
//   l1        |u_i - v_i|               l2        (u_i - v_i)^2
//
// dot and cosine are scores themselves. The others, node2vec's, make a vector,
// which logistic regression (embed/eval/linear_classifier.h) turns into a score
// after learning from a share of the pairs, drawn at random. All are measured
// on the pairs it did not learn from, and averaged over several such splits, so
// that the figures of one table compare.
#ifndef EMBED_EVAL_LINK_PREDICTION_H_
#define EMBED_EVAL_LINK_PREDICTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/eval/linear_classifier.h"
#include "embed/eval/ranking_metrics.h"
#include "embed/eval/spread.h"
#include "embed/math/matrix_view.h"

namespace embed {

enum class PairOperator { kDot, kCosine, kAverage, kHadamard, kL1, kL2 };

// All of them, in the order above.
absl::Span<const PairOperator> AllPairOperators();
// "dot", "cosine", ...
absl::string_view PairOperatorName(PairOperator op);
// InvalidArgument: none of those names.
absl::StatusOr<PairOperator> PairOperatorFromName(absl::string_view name);

// A pair by the rows of its vectors.
struct LabeledPair {
  uint32_t first = 0;
  uint32_t second = 0;
  bool linked = false;
};

struct LinkPredictionOptions {
  // InvalidArgument: no operator, a train share not inside (0, 1), splits or
  // threads < 1, or what LogisticOptions::Validate() finds.
  absl::Status Validate() const;

  std::vector<PairOperator> operators = {
      PairOperator::kDot,      PairOperator::kCosine, PairOperator::kAverage,
      PairOperator::kHadamard, PairOperator::kL1,     PairOperator::kL2};
  double train_share = 0.5;
  int splits = 10;
  uint64_t seed = 1;
  LogisticOptions logistic;
  int threads = 1;  // the results are the same for any
};

struct LinkPredictionResult {
  PairOperator op = PairOperator::kDot;
  Spread auc;                 // over the splits, in [0, 1]
  Spread average_precision;   // the same
  std::vector<RocPoint> roc;  // of the first split
};

// A result for each operator, in their order. InvalidArgument: options that are
// not valid, a vector with a number that is not finite, a split without linked
// or without other pairs on one of its sides (too few pairs).
absl::StatusOr<std::vector<LinkPredictionResult>> PredictLinks(
    const MatrixView& vectors, absl::Span<const LabeledPair> pairs,
    const LinkPredictionOptions& options);

}  // namespace embed

#endif  // EMBED_EVAL_LINK_PREDICTION_H_
