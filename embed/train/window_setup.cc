#include "embed/train/window_setup.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/train/noise_options.h"

namespace embed {

absl::Status WindowModelOptions::Validate() const {
  if (window < 1 || window > 10000) {
    return absl::InvalidArgumentError(
        absl::StrCat("window is ", window, ", expected 1 to 10000"));
  }
  EMBED_RETURN_IF_ERROR(CheckNegatives(negatives));
  if (share_negatives < 1 || share_negatives > 1000) {
    return absl::InvalidArgumentError(absl::StrCat(
        "share_negatives is ", share_negatives, ", expected 1 to 1000"));
  }
  if (reuse_negatives < 1 || reuse_negatives > 1000) {
    return absl::InvalidArgumentError(absl::StrCat(
        "reuse_negatives is ", reuse_negatives, ", expected 1 to 1000"));
  }
  if (share_negatives > 1 && loss != OutputLoss::kNegativeSampling) {
    return absl::InvalidArgumentError(absl::StrCat(
        "share_negatives is ", share_negatives,
        ", but hierarchical softmax has no negatives; expected 1"));
  }
  if (share_negatives > 1 && !negative_groups.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "share_negatives is ", share_negatives,
        ", but negatives of the positive's group are drawn for each center; "
        "expected 1"));
  }
  return optimizer.Validate();
}

absl::Status CheckTables(uint64_t inputs, uint64_t outputs,
                         const EmbeddingTable& input,
                         const EmbeddingTable& output) {
  if (input.rows() != inputs || output.rows() != outputs ||
      input.dim() != output.dim()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tables of [", input.rows(), ", ", input.dim(), "] and [",
                     output.rows(), ", ", output.dim(), "], expected ", inputs,
                     " and ", outputs, " rows of one dim"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<WindowSetup>> WindowSetup::Create(
    const WindowModelOptions& options, absl::Span<const uint64_t> counts,
    EmbeddingTable* output) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EMBED_ASSIGN_OR_RETURN(Subsampler subsampler,
                         Subsampler::Create(counts, options.subsample));
  EMBED_ASSIGN_OR_RETURN(
      NegativeSampler negative_sampler,
      options.negative_groups.empty()
          ? NegativeSampler::Create(counts, options.noise_exponent)
          : NegativeSampler::CreateGrouped(counts, options.negative_groups,
                                           options.noise_exponent));
  std::unique_ptr<OutputLayer> layer;
  if (options.loss == OutputLoss::kHierarchicalSoftmax) {
    EMBED_ASSIGN_OR_RETURN(HuffmanTree tree, HuffmanTree::Create(counts));
    layer = std::make_unique<HierarchicalSoftmaxLayer>(output, std::move(tree));
  } else {
    layer = std::make_unique<NegativeSamplingLayer>(output);
  }
  return std::unique_ptr<WindowSetup>(
      new WindowSetup(options, counts, std::move(subsampler),
                      std::move(negative_sampler), std::move(layer)));
}

WindowSetup::WindowSetup(const WindowModelOptions& options,
                         absl::Span<const uint64_t> counts,
                         Subsampler subsampler,
                         NegativeSampler negative_sampler,
                         std::unique_ptr<OutputLayer> layer)
    : options_(options),
      counts_(counts.begin(), counts.end()),
      subsampler_(std::move(subsampler)),
      negative_sampler_(std::move(negative_sampler)),
      layer_(std::move(layer)) {}

int WindowSetup::negatives() const {
  return softmax() ? 0 : options_.negatives;
}

WindowSampler WindowSetup::NewSampler(NegativesPer negatives_per) const {
  WindowOptions windows;
  windows.window = options_.window;
  windows.fixed = options_.fixed_window;
  windows.negatives = negatives();
  windows.negatives_per = negatives_per;
  windows.centers_per_draw = options_.share_negatives;
  windows.reuse = reuse_negatives();
  windows.seed = options_.seed;
  return WindowSampler(windows, &subsampler_, &negative_sampler_);
}

std::vector<double> WindowSetup::CenterCounts() const {
  std::vector<double> kept(counts_.size());
  for (uint32_t id = 0; id < kept.size(); ++id) {
    kept[id] = static_cast<double>(counts_[id]) * subsampler_.KeptShare(id);
  }
  return kept;
}

}  // namespace embed
