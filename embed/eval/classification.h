// How well do vectors tell the labels of what they stand for? The protocol of
// DeepWalk (Perozzi et al. 2014), node2vec, LINE and most papers since.
//
// A share of the samples is drawn at random to train logistic regression on
// their vectors, the others are predicted: each gets as many labels as it
// really has (the number is given, which raises F1 a lot: only compare with
// figures made so), the most probable ones. Micro- and Macro-F1
// (embed/eval/f1.h), mean and standard deviation over several random splits.
// All shares of one split train on the beginning of one random order, as in
// DeepWalk's scoring script.
#ifndef EMBED_EVAL_CLASSIFICATION_H_
#define EMBED_EVAL_CLASSIFICATION_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/eval/linear_classifier.h"
#include "embed/eval/spread.h"
#include "embed/math/matrix_view.h"

namespace embed {

enum class ClassifierKind {
  kOneVsRest,    // a binary problem for each label
  kMultinomial,  // softmax over the labels; each sample has one label
};

struct ClassificationOptions {
  // InvalidArgument: a ratio not inside (0, 1), no ratio, splits < 1, threads
  // < 1, or what LogisticOptions::Validate() finds.
  absl::Status Validate() const;

  std::vector<double> ratios = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  int splits = 10;
  uint64_t seed = 1;
  ClassifierKind kind = ClassifierKind::kOneVsRest;
  LogisticOptions logistic;
  int threads = 1;  // the results are the same for any
};

struct ClassificationResult {
  double ratio = 0.0;  // share of the samples that train
  uint32_t train = 0;  // samples
  uint32_t test = 0;
  Spread micro_f1;  // over the splits, in [0, 1]
  Spread macro_f1;
};

// Called after each split of each ratio, from one thread at a time. False ends
// the work: Cancelled.
using ClassificationProgress = std::function<bool(int done, int total)>;

// Row i of `vectors` has the labels labels[i]: ids below num_labels, rising, at
// least one. A result for each ratio, in their order. InvalidArgument: options
// that are not valid, fewer labels than rows, a value that is not finite, a
// ratio that leaves no sample to train or to test, kMultinomial and a sample of
// several labels.
absl::StatusOr<std::vector<ClassificationResult>> Classify(
    const MatrixView& vectors, absl::Span<const std::vector<uint32_t>> labels,
    uint32_t num_labels, const ClassificationOptions& options,
    const ClassificationProgress& progress);

// The scores of all labels from the samples `train` of the rows; Classify()
// uses it for every split.
std::vector<LinearScore> TrainLabels(
    const MatrixView& vectors, absl::Span<const std::vector<uint32_t>> labels,
    uint32_t num_labels, absl::Span<const uint32_t> train,
    const ClassificationOptions& options);

// The `count` labels of the highest scores, [labels], rising; of equal ones the
// lower id.
std::vector<uint32_t> TopLabels(absl::Span<const double> scores, size_t count);

}  // namespace embed

#endif  // EMBED_EVAL_CLASSIFICATION_H_
