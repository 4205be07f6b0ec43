#include "embed/eval/classification.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

#include "Eigen/Core"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/eval/f1.h"
#include "embed/eval/random_order.h"
#include "embed/eval/sample_blocks.h"
#include "embed/eval/softmax_regression.h"

namespace embed {
namespace {

absl::Status CheckSamples(const MatrixView& vectors,
                          absl::Span<const std::vector<uint32_t>> labels,
                          const ClassificationOptions& options) {
  if (labels.size() != vectors.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat(vectors.rows, " vectors for ", labels.size(), " samples"));
  }
  const auto several = [](const std::vector<uint32_t>& one) {
    return one.size() > 1;
  };
  if (options.kind == ClassifierKind::kMultinomial) {
    const auto at = std::find_if(labels.begin(), labels.end(), several);
    if (at != labels.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("sample ", at - labels.begin(), " has ", at->size(),
                       " labels; multinomial regression is for one label a "
                       "sample"));
    }
  }
  const uint32_t size = static_cast<uint32_t>(vectors.rows);
  for (const double ratio : options.ratios) {
    const uint32_t train = TrainSize(size, ratio);
    if (train == 0 || train == size) {
      return absl::InvalidArgumentError(absl::StrCat(
          "ratio ", ratio, " of ", size, " labelled vectors leaves none to ",
          train == 0 ? "train" : "test"));
    }
  }
  return absl::OkStatus();
}

// A column a label, its bias behind its weights.
Eigen::MatrixXd WeightColumns(absl::Span<const LinearScore> scores, int dim) {
  Eigen::MatrixXd columns(dim + 1, static_cast<Eigen::Index>(scores.size()));
  for (size_t label = 0; label < scores.size(); ++label) {
    const LinearScore& score = scores[label];
    double* column = columns.col(static_cast<Eigen::Index>(label)).data();
    *std::copy(score.weights.begin(), score.weights.end(), column) = score.bias;
  }
  return columns;
}

// One split at one ratio: trains on the first of `order`, tests on the rest.
F1Scores RunSplit(const MatrixView& vectors,
                  absl::Span<const std::vector<uint32_t>> labels,
                  uint32_t num_labels, absl::Span<const uint32_t> order,
                  double ratio, const ClassificationOptions& options) {
  const uint32_t train = TrainSize(static_cast<uint32_t>(order.size()), ratio);
  // The order of the samples means nothing to the regression, but reading them
  // as they lie in memory makes it a quarter faster.
  std::vector<uint32_t> trained(order.begin(), order.begin() + train);
  std::sort(trained.begin(), trained.end());
  const std::vector<LinearScore> scores =
      TrainLabels(vectors, labels, num_labels, trained, options);
  const absl::Span<const uint32_t> tested = order.subspan(train);
  const Eigen::MatrixXd weights = WeightColumns(scores, vectors.dim);
  F1Counter counter(num_labels);
  const SampleBlocks blocks = {vectors, tested};
  blocks.ForEach<double>([&](size_t first, absl::Span<const double> block) {
    const Eigen::MatrixXd found =
        weights.transpose() *
        Eigen::Map<const Eigen::MatrixXd>(
            block.data(), weights.rows(),
            static_cast<Eigen::Index>(block.size()) / weights.rows());
    for (Eigen::Index i = 0; i < found.cols(); ++i) {
      const std::vector<uint32_t>& truth =
          labels[tested[first + static_cast<size_t>(i)]];
      counter.Add(
          truth, TopLabels({found.col(i).data(), scores.size()}, truth.size()));
    }
  });
  return counter.Scores();
}

}  // namespace

absl::Status ClassificationOptions::Validate() const {
  if (ratios.empty()) return absl::InvalidArgumentError("no training ratio");
  for (const double ratio : ratios) {
    if (!(ratio > 0 && ratio < 1)) {
      return absl::InvalidArgumentError(
          absl::StrCat("training ratio ", ratio, " is not between 0 and 1"));
    }
  }
  if (splits < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("splits is ", splits, ", expected at least 1"));
  }
  if (threads < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads is ", threads, ", expected at least 1"));
  }
  return logistic.Validate();
}

std::vector<LinearScore> TrainLabels(
    const MatrixView& vectors, absl::Span<const std::vector<uint32_t>> labels,
    uint32_t num_labels, absl::Span<const uint32_t> train,
    const ClassificationOptions& options) {
  if (options.kind == ClassifierKind::kMultinomial) {
    std::vector<uint32_t> classes;
    classes.reserve(train.size());
    for (const uint32_t sample : train) classes.push_back(labels[sample][0]);
    return TrainSoftmax(vectors, train, classes, num_labels, options.logistic);
  }
  std::vector<std::vector<uint32_t>> positives(num_labels);
  for (uint32_t i = 0; i < train.size(); ++i) {
    for (const uint32_t label : labels[train[i]]) positives[label].push_back(i);
  }
  return TrainLogistic(vectors, train, positives, options.logistic);
}

std::vector<uint32_t> TopLabels(absl::Span<const double> scores, size_t count) {
  std::vector<std::pair<double, uint32_t>> ranked;
  ranked.reserve(scores.size());
  for (uint32_t label = 0; label < scores.size(); ++label) {
    ranked.emplace_back(-scores[label], label);
  }
  count = std::min(count, ranked.size());
  const auto end = ranked.begin() + static_cast<ptrdiff_t>(count);
  std::partial_sort(ranked.begin(), end, ranked.end());
  std::vector<uint32_t> top;
  top.reserve(count);
  for (auto at = ranked.begin(); at != end; ++at) top.push_back(at->second);
  std::sort(top.begin(), top.end());
  return top;
}

absl::StatusOr<std::vector<ClassificationResult>> Classify(
    const MatrixView& vectors, absl::Span<const std::vector<uint32_t>> labels,
    uint32_t num_labels, const ClassificationOptions& options,
    const ClassificationProgress& progress) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EMBED_RETURN_IF_ERROR(CheckSamples(vectors, labels, options));
  EMBED_RETURN_IF_ERROR(CheckFiniteRows(vectors));
  const uint32_t size = static_cast<uint32_t>(vectors.rows);
  const int num_ratios = static_cast<int>(options.ratios.size());
  const int total = num_ratios * options.splits;
  std::vector<std::vector<uint32_t>> orders;
  orders.reserve(static_cast<size_t>(options.splits));
  for (int split = 0; split < options.splits; ++split) {
    orders.push_back(RandomOrder(size, options.seed, RandomPurpose::kDataSplits,
                                 static_cast<uint64_t>(split)));
  }
  // Each thread takes the next task; a task's place holds its result, so that
  // who did it does not matter.
  std::vector<F1Scores> scores(static_cast<size_t>(total));
  std::atomic<int> next{0};
  std::atomic<bool> cancelled{false};
  std::mutex mutex;
  int done = 0;
  RunThreads(std::min(options.threads, total), [&](int /*thread*/) {
    int task;
    while (!cancelled && (task = next.fetch_add(1)) < total) {
      const size_t split = static_cast<size_t>(task / num_ratios);
      const size_t ratio = static_cast<size_t>(task % num_ratios);
      scores[static_cast<size_t>(task)] =
          RunSplit(vectors, labels, num_labels, orders[split],
                   options.ratios[ratio], options);
      const std::lock_guard<std::mutex> lock(mutex);
      if (progress && !progress(++done, total)) cancelled = true;
    }
  });
  if (cancelled) return absl::CancelledError("evaluation was ended");
  std::vector<ClassificationResult> results;
  for (int ratio = 0; ratio < num_ratios; ++ratio) {
    std::vector<double> micro;
    std::vector<double> macro;
    for (int task = ratio; task < total; task += num_ratios) {
      micro.push_back(scores[static_cast<size_t>(task)].micro);
      macro.push_back(scores[static_cast<size_t>(task)].macro);
    }
    ClassificationResult result;
    result.ratio = options.ratios[static_cast<size_t>(ratio)];
    result.train = TrainSize(size, result.ratio);
    result.test = size - result.train;
    result.micro_f1 = SpreadOf(micro);
    result.macro_f1 = SpreadOf(macro);
    results.push_back(result);
  }
  return results;
}

}  // namespace embed
