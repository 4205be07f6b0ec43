// Skip-gram with negative sampling (Mikolov et al. 2013) as an objective.
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
// In both a negative equal to the positive of its pair is left out.
#ifndef EMBED_TRAIN_SKIP_GRAM_H_
#define EMBED_TRAIN_SKIP_GRAM_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/model/feature_map.h"
#include "embed/train/negative_sampler.h"
#include "embed/train/objective.h"
#include "embed/train/subsampler.h"

namespace embed {

struct SkipGramOptions {
  // InvalidArgument naming the option and its value.
  absl::Status Validate() const;

  int window = 5;           // largest radius; uniform on 1 .. window
  int negatives = 5;        // draws a pair, 0 to 1000
  double subsample = 1e-3;  // threshold of Subsampler, 0 = off
  double noise_exponent = 0.75;
  uint64_t seed = 1;
};

class SkipGram : public Objective {
 public:
  // counts: occurrences of each id. input: [ids or feature rows, dim]; output:
  // [ids, dim]. features may be null. Tables and features must outlive this.
  // InvalidArgument: an option, or tables that do not fit counts and features.
  static absl::StatusOr<std::unique_ptr<SkipGram>> Create(
      const SkipGramOptions& options, absl::Span<const uint64_t> counts,
      EmbeddingTable* input, EmbeddingTable* output,
      const FeatureMap* features = nullptr);

  std::unique_ptr<Worker> NewWorker() const override;

 private:
  SkipGram(const SkipGramOptions& options, Subsampler subsampler,
           NegativeSampler negative_sampler);

  SkipGramOptions options_;
  Subsampler subsampler_;
  NegativeSampler negative_sampler_;
  EmbeddingTable* input_ = nullptr;
  EmbeddingTable* output_ = nullptr;
  const FeatureMap* features_ = nullptr;
};

}  // namespace embed

#endif  // EMBED_TRAIN_SKIP_GRAM_H_
