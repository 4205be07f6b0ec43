#include "embed/train/cbow.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/kernels/composed_step.h"
#include "embed/train/block_worker.h"
#include "embed/train/composed_buffers.h"

namespace embed {
namespace {

constexpr size_t kPrefetchAhead = 2;  // centers

class CbowWorker : public BlockWorker {
 public:
  CbowWorker(const WindowSetup* setup, CbowGradient gradient,
             EmbeddingTable* input)
      : BlockWorker(setup->NewSampler(NegativesPer::kCenter)),
        window_(static_cast<size_t>(setup->window())),
        layer_(setup->layer()),
        gradient_(gradient),
        input_(input),
        step_(GetComposedStep()),
        contexts_(2 * window_ + 1),
        buffers_(input->stride()) {}

  uint64_t TrainBlock(const WindowBlock& block, float rate) override {
    uint64_t examples = 0;
    for (size_t i = 0; i < kPrefetchAhead; ++i) {
      PrefetchWindow(block, i, window_, layer_, *input_);
    }
    for (size_t i = 0; i < block.size(); ++i) {
      PrefetchWindow(block, i + kPrefetchAhead, window_, layer_, *input_);
      const size_t contexts = GatherContexts(block, i, input_, &contexts_);
      if (contexts == 0) continue;
      targets_.Clear();
      layer_.Append(block.ids[i], block.NegativesOf(i), &targets_);
      const int count = static_cast<int>(contexts);
      const float mean = 1.0f / static_cast<float>(count);
      step_({contexts_.data(), count, mean,
             gradient_ == CbowGradient::kExact ? mean : 1.0f,
             targets_.rows.data(), targets_.labels.data(),
             static_cast<int>(targets_.size), input_->stride(), rate},
            &buffers_.scratch);
      ++examples;
    }
    return examples;
  }

  double TakeLoss() override { return buffers_.scratch.loss.Take(); }

 private:
  const size_t window_;
  const OutputLayer& layer_;
  const CbowGradient gradient_;
  EmbeddingTable* const input_;
  const ComposedStepFunction step_;
  std::vector<float*> contexts_;
  Targets targets_;
  ComposedBuffers buffers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Cbow>> Cbow::Create(
    const WindowModelOptions& options, CbowGradient gradient,
    absl::Span<const uint64_t> counts, EmbeddingTable* input,
    EmbeddingTable* output) {
  EMBED_RETURN_IF_ERROR(
      CheckTables(counts.size(), counts.size(), *input, *output));
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<WindowSetup> setup,
                         WindowSetup::Create(options, counts, output));
  return std::unique_ptr<Cbow>(new Cbow(std::move(setup), gradient, input));
}

std::unique_ptr<Objective::Worker> Cbow::NewWorker() const {
  return std::make_unique<CbowWorker>(setup_.get(), gradient_, input_);
}

}  // namespace embed
