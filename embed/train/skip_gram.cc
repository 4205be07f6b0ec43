#include "embed/train/skip_gram.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/train/composed_worker.h"
#include "embed/train/window_sampler.h"
#include "embed/train/window_worker.h"

namespace embed {
namespace {

absl::Status CheckTables(absl::Span<const uint64_t> counts,
                         const EmbeddingTable& input,
                         const EmbeddingTable& output,
                         const FeatureMap* features) {
  const uint64_t inputs =
      features == nullptr ? counts.size() : features->num_rows();
  if (features != nullptr && features->num_ids() != counts.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("features for ", features->num_ids(), " ids, counts for ",
                     counts.size()));
  }
  if (input.rows() != inputs || output.rows() != counts.size() ||
      input.dim() != output.dim()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tables of [", input.rows(), ", ", input.dim(), "] and [",
                     output.rows(), ", ", output.dim(), "], expected ", inputs,
                     " and ", counts.size(), " rows of one dim"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SkipGramOptions::Validate() const {
  if (window < 1 || window > 10000) {
    return absl::InvalidArgumentError(
        absl::StrCat("window is ", window, ", expected 1 to 10000"));
  }
  if (negatives < 0 || negatives > 1000) {
    return absl::InvalidArgumentError(
        absl::StrCat("negatives is ", negatives, ", expected 0 to 1000"));
  }
  return absl::OkStatus();
}

SkipGram::SkipGram(const SkipGramOptions& options, Subsampler subsampler,
                   NegativeSampler negative_sampler)
    : options_(options),
      subsampler_(std::move(subsampler)),
      negative_sampler_(std::move(negative_sampler)) {}

absl::StatusOr<std::unique_ptr<SkipGram>> SkipGram::Create(
    const SkipGramOptions& options, absl::Span<const uint64_t> counts,
    EmbeddingTable* input, EmbeddingTable* output, const FeatureMap* features) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (features != nullptr && features->empty()) features = nullptr;
  EMBED_RETURN_IF_ERROR(CheckTables(counts, *input, *output, features));
  EMBED_ASSIGN_OR_RETURN(Subsampler subsampler,
                         Subsampler::Create(counts, options.subsample));
  EMBED_ASSIGN_OR_RETURN(
      NegativeSampler negative_sampler,
      NegativeSampler::Create(counts, options.noise_exponent));
  std::unique_ptr<SkipGram> objective(new SkipGram(
      options, std::move(subsampler), std::move(negative_sampler)));
  objective->input_ = input;
  objective->output_ = output;
  objective->features_ = features;
  return objective;
}

std::unique_ptr<Objective::Worker> SkipGram::NewWorker() const {
  WindowOptions windows;
  windows.window = options_.window;
  windows.negatives = options_.negatives;
  windows.seed = options_.seed;
  windows.negatives_per =
      features_ == nullptr ? NegativesPer::kCenter : NegativesPer::kContext;
  WindowSampler sampler(windows, &subsampler_, &negative_sampler_);
  if (features_ == nullptr) {
    return std::make_unique<WindowWorker>(windows, std::move(sampler), input_,
                                          output_);
  }
  return std::make_unique<ComposedWorker>(windows, std::move(sampler),
                                          features_, input_, output_);
}

}  // namespace embed
