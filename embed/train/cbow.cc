#include "embed/train/cbow.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/train/composed_worker.h"
#include "embed/train/gradient_worker.h"

namespace embed {

absl::StatusOr<std::unique_ptr<Cbow>> Cbow::Create(
    const WindowModelOptions& options, CbowGradient gradient,
    absl::Span<const uint64_t> counts, EmbeddingTable* input,
    EmbeddingTable* output) {
  if (options.share_negatives > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("share_negatives is ", options.share_negatives,
                     ", but CBOW draws for each center; expected 1"));
  }
  EMBED_RETURN_IF_ERROR(
      CheckTables(counts.size(), counts.size(), *input, *output));
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<WindowSetup> setup,
                         WindowSetup::Create(options, counts, output));
  EMBED_ASSIGN_OR_RETURN(
      std::unique_ptr<TableOptimizers> optimizers,
      TableOptimizers::Create(options.optimizer, input, output));
  return std::unique_ptr<Cbow>(
      new Cbow(std::move(setup), std::move(optimizers), gradient, input));
}

Cbow::Cbow(std::unique_ptr<WindowSetup> setup,
           std::unique_ptr<TableOptimizers> optimizers, CbowGradient gradient,
           EmbeddingTable* input)
    : setup_(std::move(setup)),
      optimizers_(std::move(optimizers)),
      gatherer_(setup_.get(), gradient == CbowGradient::kExact, input),
      stride_(input->stride()) {}

std::unique_ptr<Objective::Worker> Cbow::NewWorker() const {
  if (!optimizers_->plain_sgd) {
    return std::make_unique<GradientWorker>(setup_.get(), &gatherer_, stride_,
                                            optimizers_.get());
  }
  return std::make_unique<ComposedWorker>(setup_.get(), &gatherer_, stride_);
}

std::vector<TrainedArray> Cbow::State() const { return optimizers_->State(); }

}  // namespace embed
