#include "embed/eval/link_prediction.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/eval/random_order.h"
#include "embed/math/cosine.h"
#include "embed/model/embedding_table.h"

namespace embed {
namespace {

struct NamedOperator {
  PairOperator op;
  absl::string_view name;
};

constexpr NamedOperator kOperators[] = {
    {PairOperator::kDot, "dot"},         {PairOperator::kCosine, "cosine"},
    {PairOperator::kAverage, "average"}, {PairOperator::kHadamard, "hadamard"},
    {PairOperator::kL1, "l1"},           {PairOperator::kL2, "l2"}};

bool IsScore(PairOperator op) {
  return op == PairOperator::kDot || op == PairOperator::kCosine;
}

double DotProductOf(absl::Span<const float> u, absl::Span<const float> v) {
  double sum = 0;
  for (size_t i = 0; i < u.size(); ++i) sum += double{u[i]} * double{v[i]};
  return sum;
}

float Element(PairOperator op, float u, float v) {
  switch (op) {
    case PairOperator::kAverage:
      return (u + v) / 2;
    case PairOperator::kHadamard:
      return u * v;
    case PairOperator::kL1:
      return std::abs(u - v);
    default:
      return (u - v) * (u - v);
  }
}

// What one operator makes of all pairs: scores or, if there are none, features
// to learn from.
struct PairFeatures {
  MatrixView view() const { return table.view(); }

  std::vector<double> scores;
  EmbeddingTable table;  // [pairs, dim]
};

absl::StatusOr<PairFeatures> MakeFeatures(PairOperator op,
                                          const MatrixView& vectors,
                                          absl::Span<const LabeledPair> pairs) {
  PairFeatures features;
  if (!IsScore(op)) {
    EMBED_ASSIGN_OR_RETURN(features.table,
                           EmbeddingTable::Create(pairs.size(), vectors.dim));
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    const absl::Span<const float> u = vectors.row(pairs[i].first);
    const absl::Span<const float> v = vectors.row(pairs[i].second);
    if (IsScore(op)) {
      features.scores.push_back(op == PairOperator::kDot ? DotProductOf(u, v)
                                                         : Cosine(u, v));
      continue;
    }
    float* row = features.table.row(i);
    for (size_t k = 0; k < u.size(); ++k) row[k] = Element(op, u[k], v[k]);
  }
  return features;
}

struct SplitFigures {
  double auc = 0.0;
  double average_precision = 0.0;
  std::vector<RocPoint> roc;
};

// Pairs `order[0 .. train)` are learned from, the others measured.
class SplitRunner {
 public:
  SplitRunner(const PairFeatures& features, absl::Span<const LabeledPair> pairs,
              const LogisticOptions& logistic)
      : features_(features), pairs_(pairs), logistic_(logistic) {}

  SplitFigures Run(absl::Span<const uint32_t> order, uint32_t train,
                   bool with_curve) const {
    const bool learns = features_.scores.empty();
    LinearScore score;
    if (learns) score = Learn(order.first(train));
    const absl::Span<const uint32_t> measured = order.subspan(train);
    std::vector<double> scores;
    scores.reserve(measured.size());
    for (const uint32_t pair : measured) {
      scores.push_back(learns ? score.Of(features_.view().row(pair))
                              : features_.scores[pair]);
    }
    const std::vector<bool> truth = Truth(measured);
    SplitFigures figures;
    figures.auc = RocAuc(scores, truth);
    figures.average_precision = AveragePrecision(scores, truth);
    if (with_curve) figures.roc = RocCurve(scores, truth);
    return figures;
  }

 private:
  LinearScore Learn(absl::Span<const uint32_t> indices) const {
    std::vector<std::vector<uint32_t>> positives(1);
    for (uint32_t i = 0; i < indices.size(); ++i) {
      if (pairs_[indices[i]].linked) positives[0].push_back(i);
    }
    return TrainLogistic(features_.view(), indices, positives, logistic_)[0];
  }

  std::vector<bool> Truth(absl::Span<const uint32_t> indices) const {
    std::vector<bool> truth;
    truth.reserve(indices.size());
    for (const uint32_t i : indices) truth.push_back(pairs_[i].linked);
    return truth;
  }

  const PairFeatures& features_;
  absl::Span<const LabeledPair> pairs_;
  const LogisticOptions& logistic_;
};

// Both sides of every split need pairs of both kinds.
absl::Status CheckSplit(absl::Span<const LabeledPair> pairs,
                        absl::Span<const uint32_t> order, uint32_t train) {
  const auto linked = [&](uint32_t pair) { return pairs[pair].linked; };
  for (const absl::Span<const uint32_t> side :
       {order.first(train), order.subspan(train)}) {
    if (std::any_of(side.begin(), side.end(), linked) &&
        !std::all_of(side.begin(), side.end(), linked)) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat(pairs.size(),
                     " pairs with vectors are too few: a random split has "
                     "only linked or only other pairs on one side"));
  }
  return absl::OkStatus();
}

absl::StatusOr<LinkPredictionResult> RunOperator(
    PairOperator op, const MatrixView& vectors,
    absl::Span<const LabeledPair> pairs,
    const std::vector<std::vector<uint32_t>>& orders,
    const LinkPredictionOptions& options) {
  EMBED_ASSIGN_OR_RETURN(const PairFeatures features,
                         MakeFeatures(op, vectors, pairs));
  EMBED_RETURN_IF_ERROR(CheckFiniteRows(features.view()));
  const SplitRunner runner(features, pairs, options.logistic);
  const uint32_t train =
      TrainSize(static_cast<uint32_t>(pairs.size()), options.train_share);
  std::vector<SplitFigures> figures(orders.size());
  std::atomic<size_t> next{0};
  RunThreads(std::min(options.threads, options.splits), [&](int /*thread*/) {
    size_t split;
    while ((split = next.fetch_add(1)) < orders.size()) {
      figures[split] = runner.Run(orders[split], train, split == 0);
    }
  });
  std::vector<double> auc;
  std::vector<double> precision;
  for (const SplitFigures& one : figures) {
    auc.push_back(one.auc);
    precision.push_back(one.average_precision);
  }
  return LinkPredictionResult{op, SpreadOf(auc), SpreadOf(precision),
                              std::move(figures[0].roc)};
}

absl::Status CheckFinite(const MatrixView& vectors,
                         absl::Span<const LabeledPair> pairs) {
  for (const LabeledPair& pair : pairs) {
    for (const uint32_t row : {pair.first, pair.second}) {
      for (const float value : vectors.row(row)) {
        if (std::isfinite(value)) continue;
        return absl::InvalidArgumentError(
            absl::StrCat("vector ", row, " holds a number that is not finite"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const PairOperator> AllPairOperators() {
  static constexpr PairOperator kAll[] = {
      PairOperator::kDot,      PairOperator::kCosine, PairOperator::kAverage,
      PairOperator::kHadamard, PairOperator::kL1,     PairOperator::kL2};
  return kAll;
}

absl::string_view PairOperatorName(PairOperator op) {
  for (const NamedOperator& one : kOperators) {
    if (one.op == op) return one.name;
  }
  return "";
}

absl::StatusOr<PairOperator> PairOperatorFromName(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const NamedOperator& one : kOperators) {
    if (one.name == name) return one.op;
    names.push_back(one.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" is none of ", absl::StrJoin(names, ", ")));
}

absl::Status LinkPredictionOptions::Validate() const {
  if (operators.empty()) return absl::InvalidArgumentError("no operator");
  if (!(train_share > 0 && train_share < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("train share ", train_share, " is not between 0 and 1"));
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

absl::StatusOr<std::vector<LinkPredictionResult>> PredictLinks(
    const MatrixView& vectors, absl::Span<const LabeledPair> pairs,
    const LinkPredictionOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  EMBED_RETURN_IF_ERROR(CheckFinite(vectors, pairs));
  const uint32_t size = static_cast<uint32_t>(pairs.size());
  std::vector<std::vector<uint32_t>> orders;
  for (int split = 0; split < options.splits; ++split) {
    orders.push_back(RandomOrder(size, options.seed, RandomPurpose::kDataSplits,
                                 static_cast<uint64_t>(split)));
    EMBED_RETURN_IF_ERROR(
        CheckSplit(pairs, orders.back(), TrainSize(size, options.train_share)));
  }
  std::vector<LinkPredictionResult> results;
  for (const PairOperator op : options.operators) {
    EMBED_ASSIGN_OR_RETURN(LinkPredictionResult result,
                           RunOperator(op, vectors, pairs, orders, options));
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace embed
