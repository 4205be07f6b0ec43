#include "embed/train/skip_gram.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/train/composed_worker.h"
#include "embed/train/window_worker.h"

namespace embed {

absl::StatusOr<std::unique_ptr<SkipGram>> SkipGram::Create(
    const WindowModelOptions& options, absl::Span<const uint64_t> counts,
    EmbeddingTable* input, EmbeddingTable* output, const FeatureMap* features) {
  if (features != nullptr && features->empty()) features = nullptr;
  if (features != nullptr && features->num_ids() != counts.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("features for ", features->num_ids(), " ids, counts for ",
                     counts.size()));
  }
  const uint64_t inputs =
      features == nullptr ? counts.size() : features->num_rows();
  EMBED_RETURN_IF_ERROR(CheckTables(inputs, counts.size(), *input, *output));
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<WindowSetup> setup,
                         WindowSetup::Create(options, counts, output));
  return std::unique_ptr<SkipGram>(
      new SkipGram(std::move(setup), features, input));
}

std::unique_ptr<Objective::Worker> SkipGram::NewWorker() const {
  if (features_ == nullptr) {
    return std::make_unique<WindowWorker>(setup_.get(), input_);
  }
  return std::make_unique<ComposedWorker>(setup_.get(), features_, input_);
}

}  // namespace embed
