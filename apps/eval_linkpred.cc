#include "apps/eval_linkpred.h"

#include <gflags/gflags.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "apps/common/logistic_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/stored_vectors.h"
#include "embed/base/status_macros.h"
#include "embed/eval/link_prediction.h"
#include "embed/eval/pair_file.h"

// --test, which holdout writes and linkpred reads.
DECLARE_string(test);
DEFINE_string(operators, "dot,cosine,average,hadamard,l1,l2",
              "what is made of the two vectors of a pair");
DEFINE_double(train_share, 0.5,
              "share of the pairs that logistic regression learns from");

namespace embed {
namespace {

// Points of a curve that a picture of this size can show.
constexpr size_t kMostPlotPoints = 300;

struct LinkpredPlan {
  VectorsPlan vectors;
  std::string pairs_path;
  LinkPredictionOptions options;
  StoredVectorsPlan stored;
  ResultPlan result;
};

absl::StatusOr<LinkpredPlan> ReadLinkpredPlan(const Arguments& arguments) {
  LinkpredPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  EMBED_ASSIGN_OR_RETURN(plan.pairs_path,
                         TakeInput(arguments, "test", FLAGS_test));
  const LogisticFlags logistic = ReadLogisticFlags();
  plan.options.logistic = logistic.logistic;
  plan.options.splits = logistic.splits;
  plan.options.seed = logistic.seed;
  plan.options.train_share = FLAGS_train_share;
  plan.options.operators.clear();
  for (const absl::string_view name :
       absl::StrSplit(FLAGS_operators, ',', absl::SkipEmpty())) {
    const absl::StatusOr<PairOperator> op = PairOperatorFromName(name);
    if (!op.ok()) {
      return UsageError(absl::StrCat("--operators: ", op.status().message()));
    }
    plan.options.operators.push_back(*op);
  }
  EMBED_ASSIGN_OR_RETURN(plan.options.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(
      plan.stored,
      ReadStoredVectorsFlags(plan.vectors.unit_length, plan.options.threads));
  EMBED_RETURN_IF_ERROR(AsUsageError(plan.options.Validate()));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// The pairs whose keys both have a vector.
std::vector<LabeledPair> FindPairs(const Vocabulary& vocabulary,
                                   const std::vector<KeyPair>& pairs) {
  std::vector<LabeledPair> found;
  for (const KeyPair& pair : pairs) {
    const uint32_t first = vocabulary.Find(pair.first);
    const uint32_t second = vocabulary.Find(pair.second);
    if (first == Vocabulary::kNotFound || second == Vocabulary::kNotFound) {
      continue;
    }
    found.push_back({first, second, pair.linked});
  }
  return found;
}

// A row for each operator.
void AddLinkRows(const std::vector<LinkPredictionResult>& results,
                 const LinkpredPlan& plan, size_t used, size_t total,
                 ResultTable* table) {
  for (const LinkPredictionResult& result : results) {
    const bool learns =
        result.op != PairOperator::kDot && result.op != PairOperator::kCosine;
    const std::string protocol = absl::StrCat(
        learns ? "logistic regression, C=" : "score",
        learns ? absl::StrCat(plan.options.logistic.c, " on ",
                              plan.options.train_share, " of the pairs")
               : "",
        plan.vectors.unit_length ? ", l2 rows" : ", raw rows");
    table->Add({protocol, std::string(PairOperatorName(result.op)),
                int64_t{plan.options.splits}, result.auc.mean,
                result.auc.deviation, result.average_precision.mean,
                result.average_precision.deviation, static_cast<int64_t>(used),
                static_cast<int64_t>(total)});
  }
}

LinePlot EmptyLinkPlot(const LinkpredPlan& plan) {
  LinePlot plot;
  plot.title = "ROC curves of the first split, mean AUC of all splits";
  plot.x_label = "false positive rate";
  plot.y_label = "true positive rate";
  plot.num_colors = plan.options.operators.size();
  plot.markers = false;
  plot.diagonal = true;
  return plot;
}

// A curve for each operator.
void AddCurves(const std::vector<LinkPredictionResult>& results,
               const std::string& suffix, LinePlot* plot) {
  for (const LinkPredictionResult& result : results) {
    PlotSeries series;
    series.name = absl::StrFormat("%s%s, AUC %.3f", PairOperatorName(result.op),
                                  suffix, result.auc.mean);
    const size_t step = result.roc.size() / kMostPlotPoints + 1;
    for (size_t i = 0; i < result.roc.size(); ++i) {
      if (i % step != 0 && i + 1 != result.roc.size()) continue;
      series.points.push_back({result.roc[i].false_positive_rate,
                               result.roc[i].true_positive_rate, 0});
    }
    plot->series.push_back(std::move(series));
  }
}

}  // namespace

CommandInfo LinkpredTaskInfo() {
  CommandInfo info;
  info.name = "embedeval linkpred";
  info.summary = "held-out edges told from other pairs: AUC and precision";
  info.synopsis =
      "embedeval linkpred --model FILE [flags] PAIRS\n"
      "PAIRS has lines KEY tab KEY tab 1 or 0, as embedeval holdout writes "
      "them; the\nvectors must come from the edges that holdout kept.\n"
      "dot and cosine of the two vectors are scores themselves; average, "
      "hadamard (the\nproducts of the elements), l1 and l2 (their absolute "
      "and squared differences)\nbecome scores by logistic regression on a "
      "random share of the pairs. All are\nmeasured on the other pairs: the "
      "area under the ROC curve and the average\nprecision, mean and "
      "standard deviation (n - 1) over --splits.";
  info.examples = {
      "embedeval linkpred --model karate.embed karate.pairs.tsv",
      "embedeval linkpred --model karate.embed --operators cosine,hadamard "
      "karate.pairs.tsv"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/true),
                 {"Link prediction",
                  {"test", "operators", "train_share", "splits", "seed", "C"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunLinkpredTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const LinkpredPlan plan, ReadLinkpredPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const std::vector<KeyPair> pairs,
                         ReadPairFile(plan.pairs_path));
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  const std::vector<LabeledPair> found = FindPairs(vectors.vocabulary, pairs);
  if (found.size() < pairs.size()) {
    std::fprintf(stderr, "%zu of %zu pairs have two vectors\n", found.size(),
                 pairs.size());
  }
  ResultTable table({"protocol", "operator", "splits", "auc", "auc_sd",
                     "average_precision", "average_precision_sd", "used",
                     "total"});
  LinePlot plot = EmptyLinkPlot(plan);
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, vectors.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        EMBED_ASSIGN_OR_RETURN(const std::vector<LinkPredictionResult> results,
                               PredictLinks(rows, found, plan.options));
        AddLinkRows(results, plan, found.size(), pairs.size(), &table);
        AddCurves(results, suffix, &plot);
        return absl::OkStatus();
      }));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
