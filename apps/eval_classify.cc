#include "apps/eval_classify.h"

#include <gflags/gflags.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/labelled_vectors.h"
#include "apps/common/logistic_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/stored_vectors.h"
#include "embed/base/status_macros.h"
#include "embed/eval/classification.h"
#include "embed/model/select_rows.h"

DEFINE_string(ratios, "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9",
              "shares of the labelled vectors to train on");
DEFINE_bool(multinomial, false,
            "softmax over all labels instead of one-vs-rest, for one label a "
            "key");

namespace embed {
namespace {

struct ClassifyPlan {
  VectorsPlan vectors;
  std::string labels_path;
  ClassificationOptions options;
  StoredVectorsPlan stored;
  ResultPlan result;
};

absl::StatusOr<ClassifyPlan> ReadClassifyPlan(const Arguments& arguments) {
  ClassifyPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  EMBED_ASSIGN_OR_RETURN(plan.labels_path, TakeLabelsPath(arguments));
  const LogisticFlags logistic = ReadLogisticFlags();
  plan.options.logistic = logistic.logistic;
  plan.options.splits = logistic.splits;
  plan.options.seed = logistic.seed;
  if (FLAGS_multinomial) plan.options.kind = ClassifierKind::kMultinomial;
  EMBED_ASSIGN_OR_RETURN(plan.options.ratios,
                         ParseNumbers("ratios", FLAGS_ratios));
  EMBED_ASSIGN_OR_RETURN(plan.options.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(
      plan.stored,
      ReadStoredVectorsFlags(plan.vectors.unit_length, plan.options.threads));
  EMBED_RETURN_IF_ERROR(AsUsageError(plan.options.Validate()));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// InvalidArgument, naming the key: --multinomial, and a key with more labels.
absl::Status CheckOneLabel(const ClassifyPlan& plan,
                           const LabelledVectors& samples) {
  if (plan.options.kind != ClassifierKind::kMultinomial) {
    return absl::OkStatus();
  }
  for (size_t i = 0; i < samples.labels.size(); ++i) {
    if (samples.labels[i].size() == 1) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(plan.labels_path, ": the key \"", samples.keys[i],
                     "\" has ", samples.labels[i].size(),
                     " labels; --multinomial is for one label a key"));
  }
  return absl::OkStatus();
}

// What was computed, in the terms of the papers.
std::string Protocol(const ClassifyPlan& plan) {
  return absl::StrCat(FLAGS_multinomial ? "multinomial" : "one-vs-rest",
                      " logistic regression, C=", plan.options.logistic.c,
                      plan.vectors.unit_length ? ", l2 rows" : ", raw rows",
                      FLAGS_multinomial ? "" : ", number of labels given");
}

// A row for each share to train on.
void AddRows(const std::vector<ClassificationResult>& results,
             const ClassifyPlan& plan, const LabelledVectors& samples,
             ResultTable* table) {
  for (const ClassificationResult& result : results) {
    table->Add({Protocol(plan), result.ratio, int64_t{plan.options.splits},
                result.micro_f1.mean, result.micro_f1.deviation,
                result.macro_f1.mean, result.macro_f1.deviation,
                static_cast<int64_t>(samples.labels.size()),
                static_cast<int64_t>(samples.total)});
  }
}

LinePlot EmptyPlot(const ClassifyPlan& plan) {
  LinePlot plot;
  plot.title =
      absl::StrCat(FLAGS_multinomial ? "Multinomial" : "One-vs-rest",
                   " logistic regression, C = ", plan.options.logistic.c, ", ",
                   plan.options.splits, " splits (mean, standard deviation)");
  plot.x_label = "share of labelled vectors to train on";
  plot.y_label = "F1";
  plot.num_colors = 2;
  return plot;
}

void AddSeries(const std::vector<ClassificationResult>& results,
               const std::string& suffix, LinePlot* plot) {
  PlotSeries micro = {absl::StrCat("Micro-F1", suffix), {}};
  PlotSeries macro = {absl::StrCat("Macro-F1", suffix), {}};
  for (const ClassificationResult& result : results) {
    micro.points.push_back(
        {result.ratio, result.micro_f1.mean, result.micro_f1.deviation});
    macro.points.push_back(
        {result.ratio, result.macro_f1.mean, result.macro_f1.deviation});
  }
  plot->series.push_back(std::move(micro));
  plot->series.push_back(std::move(macro));
}

// A counter on a terminal, drawn again and again; nothing in a log.
bool ShowProgress(int done, int total) {
  if (isatty(STDERR_FILENO) != 1) return true;
  std::fprintf(stderr, "\r%d of %d trainings%s", done, total,
               done == total ? "\r\033[K" : "");
  return true;
}

}  // namespace

CommandInfo ClassifyTaskInfo() {
  CommandInfo info;
  info.name = "embedeval classify";
  info.summary = "labels predicted from vectors: Micro- and Macro-F1";
  info.synopsis =
      "embedeval classify --model FILE [flags] LABELS\n"
      "LABELS has lines KEY tab LABEL,LABEL... or KEY tab TYPE tab LABEL.\n"
      "A random share of the labelled vectors trains one-vs-rest logistic "
      "regression\n(L2 penalty, bias penalised too, to a tolerance of 1e-4: "
      "the optimum that\nLIBLINEAR and scikit-learn's solver \"liblinear\" "
      "find); each of the others gets as\nmany labels as it has, the most "
      "probable ones. Macro-F1 is the\nmean over all labels of LABELS, 0 for "
      "those that neither occur among the others\nnor are predicted for them. "
      "Deviations are those of a sample (n - 1). Results\ndepend on --seed, "
      "not on --threads.";
  info.examples = {
      "embedeval classify --model karate.embed karate.labels",
      "embedeval classify --model karate.embed --ratios 0.5 --normalize l2 "
      "karate.labels"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/true),
                 {"Classification",
                  {"labels", "ratios", "splits", "seed", "C", "multinomial"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunClassifyTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const ClassifyPlan plan, ReadClassifyPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const LabelledVectors samples,
                         LoadLabelled(plan.vectors, plan.labels_path));
  EMBED_RETURN_IF_ERROR(CheckOneLabel(plan, samples));
  ResultTable table({"protocol", "train_ratio", "splits", "micro_f1",
                     "micro_f1_sd", "macro_f1", "macro_f1_sd", "used",
                     "total"});
  LinePlot plot = EmptyPlot(plan);
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, samples.model.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        EMBED_ASSIGN_OR_RETURN(const EmbeddingTable vectors,
                               SelectRows(rows, samples.rows));
        EMBED_ASSIGN_OR_RETURN(
            const std::vector<ClassificationResult> results,
            Classify(vectors.view(), samples.labels, samples.num_labels,
                     plan.options, ShowProgress));
        AddRows(results, plan, samples, &table);
        AddSeries(results, suffix, &plot);
        return absl::OkStatus();
      }));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
