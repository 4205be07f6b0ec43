#include "embed/train/skip_gram.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/train/feature_worker.h"
#include "embed/train/gradient_worker.h"
#include "embed/train/shared_window_worker.h"
#include "embed/train/skip_gram_parts.h"
#include "embed/train/window_worker.h"

namespace embed {
namespace {

std::unique_ptr<StepGatherer> MakeGatherer(const WindowSetup* setup,
                                           const FeatureMap* features,
                                           EmbeddingTable* input) {
  if (features == nullptr) {
    return std::make_unique<WindowGatherer>(setup, input);
  }
  return std::make_unique<FeatureGatherer>(setup, features, input);
}

// The rows that a center has, on average over a pass.
double MeanRows(const FeatureMap& features, absl::Span<const double> centers) {
  double rows = 0.0;
  double sum = 0.0;
  for (uint32_t id = 0; id < features.num_ids(); ++id) {
    rows += centers[id] * static_cast<double>(features.Rows(id).size());
    sum += centers[id];
  }
  return sum > 0.0 ? rows / sum : 0.0;
}

// Hot rows are few enough for their copies to stay in the second-level cache,
// and there are none where centers have few rows, so that a hot one is seldom
// met again in its block. (Measured with and without, in turn, two threads.
// cw2vec, 85 rows a center: 1.77 instead of 1.51 M examples/s with 12 % less
// CPU time, mean of 5 runs, and a lower loss, 1.997 instead of 2.005: fewer
// updates are lost; with one thread, no difference. fastText's 3..6-grams in
// English, 20 rows: slower, with one thread 2.53 instead of 2.87 M.)
//
// Copies that lived for a block made cw2vec with 8 threads diverge at once
// (40 MB of Chinese, dim 100). With 16 uses it learns, mean loss 1.98, and two
// threads give 1.32 instead of 1.42 M examples/s, mean of 2 runs, and without
// copies 1.16 M.
std::unique_ptr<HotFeatures> FindHotFeatures(const WindowSetup& setup,
                                             const FeatureMap* features,
                                             uint64_t row_bytes) {
  constexpr uint64_t kHotBytes = uint64_t{256} << 10;
  constexpr double kLeastRows = 40;
  if (features == nullptr) return nullptr;
  const std::vector<double> centers = setup.CenterCounts();
  const bool pays = MeanRows(*features, centers) >= kLeastRows;
  return std::make_unique<HotFeatures>(
      features, centers,
      pays ? static_cast<uint32_t>(kHotBytes / row_bytes) : 0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SkipGram>> SkipGram::Create(
    const WindowModelOptions& options, absl::Span<const uint64_t> counts,
    EmbeddingTable* input, EmbeddingTable* output, const FeatureMap* features) {
  if (features != nullptr && features->empty()) features = nullptr;
  if (features != nullptr && features->num_ids() != counts.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("features for ", features->num_ids(), " ids, counts for ",
                     counts.size()));
  }
  if (features != nullptr && !options.negative_groups.empty()) {
    return absl::InvalidArgumentError(
        "negatives of the positive's group are for ids without features");
  }
  const uint64_t inputs =
      features == nullptr ? counts.size() : features->num_rows();
  EMBED_RETURN_IF_ERROR(CheckTables(inputs, counts.size(), *input, *output));
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<WindowSetup> setup,
                         WindowSetup::Create(options, counts, output));
  EMBED_ASSIGN_OR_RETURN(
      std::unique_ptr<TableOptimizers> optimizers,
      TableOptimizers::Create(options.optimizer, input, output));
  if (options.share_negatives > 1 &&
      (features != nullptr || !optimizers->plain_sgd)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "share_negatives is ", options.share_negatives, ", but ",
        features != nullptr ? "composed inputs draw for each pair"
                            : "only plain SGD trains centers together",
        "; expected 1"));
  }
  return std::unique_ptr<SkipGram>(new SkipGram(
      std::move(setup), std::move(optimizers), features, input, output));
}

SkipGram::SkipGram(std::unique_ptr<WindowSetup> setup,
                   std::unique_ptr<TableOptimizers> optimizers,
                   const FeatureMap* features, EmbeddingTable* input,
                   EmbeddingTable* output)
    : setup_(std::move(setup)),
      optimizers_(std::move(optimizers)),
      features_(
          FindHotFeatures(*setup_, features, input->stride() * sizeof(float))),
      gatherer_(MakeGatherer(setup_.get(), features, input)),
      input_(input),
      output_(output) {}

std::unique_ptr<Objective::Worker> SkipGram::NewWorker() const {
  if (!optimizers_->plain_sgd) {
    return std::make_unique<GradientWorker>(
        setup_.get(), gatherer_.get(), input_->stride(), optimizers_.get());
  }
  if (setup_->share_negatives() > 1) {
    return std::make_unique<SharedWindowWorker>(setup_.get(), input_, output_);
  }
  if (features_ == nullptr) {
    return std::make_unique<WindowWorker>(setup_.get(), input_);
  }
  return std::make_unique<FeatureWorker>(setup_.get(), features_.get(), input_);
}

std::vector<TrainedArray> SkipGram::State() const {
  return optimizers_->State();
}

absl::StatusOr<std::unique_ptr<PairTraining>> SkipGram::NewPairTraining(
    const PartitionOptions& options) const {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (features_ != nullptr) {
    return absl::UnimplementedError(
        "vectors composed of features touch rows of several parts");
  }
  if (setup_->softmax()) {
    return absl::UnimplementedError(
        "hierarchical softmax touches rows of several parts");
  }
  if (setup_->grouped()) {
    return absl::UnimplementedError(
        "negatives of the positive's type are not drawn by parts");
  }
  if (!optimizers_->plain_sgd) {
    return absl::UnimplementedError(
        "groups of pairs are trained by plain SGD only");
  }
  const PartitionOptions partition = options.For(output_->rows());
  EMBED_ASSIGN_OR_RETURN(PartNegatives negatives,
                         setup_->NewPartNegatives(RowParts(partition.parts)));
  return std::make_unique<SkipGramParts>(PartedTables{
      setup_.get(), std::move(negatives), partition, input_, output_});
}

}  // namespace embed
