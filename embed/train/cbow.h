// Continuous bag of words (Mikolov et al. 2013): the mean of the context rows
// of the input table predicts the center.
//
//   h = 1/C sum_c x_c,  L = loss of predicting the center from h
//
// word2vec.c adds the gradient of h to every context row undivided, though
// dh/dx_c = 1/C: a step C times too long, which costs quality (Irsoy, Benton,
// Stratos 2021, arXiv:2012.15332). kExact divides, kWord2vec does as the
// program.
#ifndef EMBED_TRAIN_CBOW_H_
#define EMBED_TRAIN_CBOW_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "embed/train/objective.h"
#include "embed/train/optimizer.h"
#include "embed/train/step_rows.h"
#include "embed/train/window_setup.h"

namespace embed {

enum class CbowGradient { kExact, kWord2vec };

class Cbow : public Objective {
 public:
  // counts: occurrences of each id. input, output: [ids, dim]; must outlive
  // this. InvalidArgument: an option, or tables that do not fit the counts.
  static absl::StatusOr<std::unique_ptr<Cbow>> Create(
      const WindowModelOptions& options, CbowGradient gradient,
      absl::Span<const uint64_t> counts, EmbeddingTable* input,
      EmbeddingTable* output);

  std::unique_ptr<Worker> NewWorker() const override;
  std::vector<TrainedArray> State() const override;

 private:
  Cbow(std::unique_ptr<WindowSetup> setup,
       std::unique_ptr<TableOptimizers> optimizers, CbowGradient gradient,
       EmbeddingTable* input);

  const std::unique_ptr<WindowSetup> setup_;
  const std::unique_ptr<TableOptimizers> optimizers_;
  const CbowGatherer gatherer_;
  const uint64_t stride_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_CBOW_H_
