// F1 of predicted label sets, as scikit-learn computes it.
//
// With tp, fp, fn counted over all samples and labels,
//   Micro-F1 = 2 tp / (2 tp + fp + fn);
// with them counted for each label,
//   Macro-F1 = the mean of 2 tp / (2 tp + fp + fn) over all labels, 0 for those
//              that occur neither in the truth nor in the predictions.
// The latter is f1_score() of indicator matrices with a column for each label,
// as in the scoring scripts of DeepWalk (the one behind its published table)
// and OpenNE. With lists of labels f1_score() leaves those columns out, which
// is higher where few samples are tested and labels are rare.
#ifndef EMBED_EVAL_F1_H_
#define EMBED_EVAL_F1_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace embed {

struct F1Scores {
  double micro = 0.0;  // in [0, 1]; NaN if no label occurs at all
  double macro = 0.0;
};

// Counts sample by sample. Not thread-safe.
class F1Counter {
 public:
  explicit F1Counter(uint32_t num_labels) : counts_(num_labels) {}

  // Label ids below num_labels, rising, none twice.
  void Add(absl::Span<const uint32_t> truth,
           absl::Span<const uint32_t> predicted);

  // Macro-F1 over the num_labels of the constructor.
  F1Scores Scores() const;

 private:
  struct Counts {
    uint64_t right = 0;   // tp
    uint64_t wrong = 0;   // fp
    uint64_t missed = 0;  // fn
  };

  std::vector<Counts> counts_;
};

}  // namespace embed

#endif  // EMBED_EVAL_F1_H_
