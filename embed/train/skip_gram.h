// Skip-gram (Mikolov et al. 2013) as an objective, with negative sampling or
// hierarchical softmax.
//
// Without a feature map, as in word2vec.c: the context's row of the input table
// predicts the center; the contexts of one center share their negatives, so a
// window is a small matrix product (embed/kernels/window_step.h).
//
// With a feature map, as in fastText and cw2vec: the center's input vector is
// composed of its feature rows and predicts each context; each pair draws its
// own negatives (embed/kernels/composed_step.h). Ids without features are
// trained as contexts only.
//
// With WindowModelOptions::share_negatives above 1 several centers share them
// (embed/train/pair_group.h).
//
// In both a negative equal to the positive of its pair is left out.
// Any other optimiser than plain SGD takes a slower worker
// (embed/train/gradient_worker.h).
#ifndef EMBED_TRAIN_SKIP_GRAM_H_
#define EMBED_TRAIN_SKIP_GRAM_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"
#include "embed/train/hot_rows.h"
#include "embed/train/objective.h"
#include "embed/train/optimizer.h"
#include "embed/train/step_rows.h"
#include "embed/train/window_setup.h"

namespace embed {

class SkipGram : public Objective {
 public:
  // counts: occurrences of each id. input: [ids or feature rows, dim]; output:
  // [ids, dim]. features may be null. Tables and features must outlive this.
  // InvalidArgument: an option, or tables that do not fit counts and features.
  static absl::StatusOr<std::unique_ptr<SkipGram>> Create(
      const WindowModelOptions& options, absl::Span<const uint64_t> counts,
      EmbeddingTable* input, EmbeddingTable* output,
      const FeatureMap* features = nullptr);

  std::unique_ptr<Worker> NewWorker() const override;
  std::vector<TrainedArray> State() const override;
  // Plain ids, negative sampling and plain SGD only.
  absl::StatusOr<std::unique_ptr<PairTraining>> NewPairTraining(
      const PartitionOptions& options) const override;

 private:
  SkipGram(std::unique_ptr<WindowSetup> setup,
           std::unique_ptr<TableOptimizers> optimizers,
           const FeatureMap* features, EmbeddingTable* input,
           EmbeddingTable* output);

  const std::unique_ptr<WindowSetup> setup_;
  const std::unique_ptr<TableOptimizers> optimizers_;
  // Null without features.
  const std::unique_ptr<HotFeatures> features_;
  const std::unique_ptr<StepGatherer> gatherer_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_H_
