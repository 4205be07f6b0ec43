// Skip-gram with negative sampling as published, slow and plain: every (center,
// context) pair draws negatives of its own and is one step of SGD on
//
//   L = -log s(t . c) - sum over its negatives n != t of log s(-n . c)
//
// with c the context's input row, t and n the output rows of the center and the
// negatives, s the logistic function. What sharing negatives among the contexts
// of a center costs is measured against this.
//
// Windows, subsampling, noise and tables are those of embed/train/skip_gram.h;
// scores and sums are in double, the loops plain.
#ifndef EMBED_TESTS_EMBED_TRAIN_UNSHARED_SKIP_GRAM_H_
#define EMBED_TESTS_EMBED_TRAIN_UNSHARED_SKIP_GRAM_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/train/negative_sampler.h"
#include "embed/train/objective.h"
#include "embed/train/subsampler.h"
#include "embed/train/window_sampler.h"
#include "embed/train/window_setup.h"

namespace embed {

class UnsharedSkipGram : public Objective {
 public:
  // As SkipGram::Create(); of the options it looks at neither loss nor
  // optimizer.
  static absl::StatusOr<std::unique_ptr<UnsharedSkipGram>> Create(
      const WindowModelOptions& options, absl::Span<const uint64_t> counts,
      EmbeddingTable* input, EmbeddingTable* output);

  std::unique_ptr<Worker> NewWorker() const override;
  std::vector<TrainedArray> State() const override;

 private:
  UnsharedSkipGram(const WindowModelOptions& options, Subsampler subsampler,
                   NegativeSampler noise, EmbeddingTable* input,
                   EmbeddingTable* output);

  const WindowModelOptions options_;
  const Subsampler subsampler_;
  const NegativeSampler noise_;
  EmbeddingTable* const input_;
  EmbeddingTable* const output_;
};

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_TRAIN_UNSHARED_SKIP_GRAM_H_
