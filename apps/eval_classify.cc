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
#include "apps/common/logistic_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "embed/base/status_macros.h"
#include "embed/eval/classification.h"
#include "embed/eval/label_file.h"

DEFINE_string(labels, "", "the file of labels, instead of LABELS");
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
  ResultPlan result;
};

absl::StatusOr<ClassifyPlan> ReadPlan(const Arguments& arguments) {
  ClassifyPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  EMBED_ASSIGN_OR_RETURN(plan.labels_path,
                         TakeInput(arguments, "labels", FLAGS_labels));
  const LogisticFlags logistic = ReadLogisticFlags();
  plan.options.logistic = logistic.logistic;
  plan.options.splits = logistic.splits;
  plan.options.seed = logistic.seed;
  if (FLAGS_multinomial) plan.options.kind = ClassifierKind::kMultinomial;
  EMBED_ASSIGN_OR_RETURN(plan.options.ratios,
                         ParseNumbers("ratios", FLAGS_ratios));
  EMBED_ASSIGN_OR_RETURN(plan.options.threads, ApplyRunningFlags());
  EMBED_RETURN_IF_ERROR(AsUsageError(plan.options.Validate()));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// The vectors that have labels, in the order of the file of labels.
struct Samples {
  EmbeddingTable vectors;
  std::vector<std::vector<uint32_t>> labels;
};

absl::StatusOr<Samples> SelectSamples(const KeyedVectors& vectors,
                                      const LabelFile& file) {
  Samples samples;
  std::vector<uint32_t> rows;
  for (const KeyLabels& entry : file.entries) {
    const uint32_t id = FindLabelled(vectors.vocabulary, entry);
    if (id == Vocabulary::kNotFound) continue;
    rows.push_back(id);
    samples.labels.push_back(entry.labels);
  }
  EMBED_ASSIGN_OR_RETURN(
      samples.vectors,
      EmbeddingTable::Create(rows.size(), vectors.table.dim()));
  for (size_t i = 0; i < rows.size(); ++i) {
    const float* from = vectors.table.row(rows[i]);
    std::copy(from, from + vectors.table.dim(), samples.vectors.row(i));
  }
  return samples;
}

// What was computed, in the terms of the papers.
std::string Protocol(const ClassifyPlan& plan) {
  return absl::StrCat(FLAGS_multinomial ? "multinomial" : "one-vs-rest",
                      " logistic regression, C=", plan.options.logistic.c,
                      plan.vectors.unit_length ? ", l2 rows" : ", raw rows",
                      FLAGS_multinomial ? "" : ", number of labels given");
}

ResultTable MakeTable(const std::vector<ClassificationResult>& results,
                      const ClassifyPlan& plan, size_t used, size_t total) {
  ResultTable table({"protocol", "train_ratio", "splits", "micro_f1",
                     "micro_f1_sd", "macro_f1", "macro_f1_sd", "used",
                     "total"});
  for (const ClassificationResult& result : results) {
    table.Add({Protocol(plan), result.ratio, int64_t{plan.options.splits},
               result.micro_f1.mean, result.micro_f1.deviation,
               result.macro_f1.mean, result.macro_f1.deviation,
               static_cast<int64_t>(used), static_cast<int64_t>(total)});
  }
  return table;
}

LinePlot MakePlot(const std::vector<ClassificationResult>& results,
                  const ClassifyPlan& plan) {
  LinePlot plot;
  plot.title =
      absl::StrCat(FLAGS_multinomial ? "Multinomial" : "One-vs-rest",
                   " logistic regression, C = ", plan.options.logistic.c, ", ",
                   plan.options.splits, " splits (mean, standard deviation)");
  plot.x_label = "share of labelled vectors to train on";
  plot.y_label = "F1";
  plot.series = {{"Micro-F1", {}}, {"Macro-F1", {}}};
  for (const ClassificationResult& result : results) {
    plot.series[0].points.push_back(
        {result.ratio, result.micro_f1.mean, result.micro_f1.deviation});
    plot.series[1].points.push_back(
        {result.ratio, result.macro_f1.mean, result.macro_f1.deviation});
  }
  return plot;
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
      "regression\n(L2 penalty, bias penalised too, LIBLINEAR's trust region "
      "Newton method to a\ntolerance of 1e-4: what scikit-learn's solver "
      "\"liblinear\" does); each of the\nothers gets as many labels as it has, "
      "the most probable ones. Macro-F1 is the\nmean over the labels that "
      "occur among the others or in what is predicted for\nthem. Deviations "
      "are those of a sample (n - 1). Results depend on --seed, not on\n"
      "--threads.";
  info.examples = {
      "embedeval classify --model karate.embed karate.labels",
      "embedeval classify --model karate.embed --ratios 0.5 --normalize l2 "
      "karate.labels"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/true),
                 {"Classification",
                  {"labels", "ratios", "splits", "seed", "C", "multinomial"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunClassifyTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const ClassifyPlan plan, ReadPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const LabelFile file, ReadLabelFile(plan.labels_path));
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  EMBED_ASSIGN_OR_RETURN(const Samples samples, SelectSamples(vectors, file));
  const size_t used = samples.labels.size();
  if (used == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(plan.labels_path, ": none of its ", file.entries.size(),
                     " keys (the first is \"", file.entries[0].key,
                     "\") has a vector in ", plan.vectors.path));
  }
  if (used < file.entries.size()) {
    std::fprintf(stderr, "%zu of %zu labelled keys have a vector\n", used,
                 file.entries.size());
  }
  EMBED_ASSIGN_OR_RETURN(const std::vector<ClassificationResult> results,
                         Classify(samples.vectors.view(), samples.labels,
                                  static_cast<uint32_t>(file.names.size()),
                                  plan.options, ShowProgress));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, MakePlot(results, plan)));
  return WriteTable(plan.result,
                    MakeTable(results, plan, used, file.entries.size()));
}

}  // namespace embed
