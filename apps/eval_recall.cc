#include "apps/eval_recall.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/codec_flag.h"
#include "apps/common/ranking_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/eval_codecs.h"
#include "apps/recall_run.h"
#include "embed/base/status_macros.h"
#include "embed/index/item_index.h"

DECLARE_string(metric);

namespace embed {
namespace {

struct RecallPlan {
  VectorsPlan vectors;
  std::vector<uint64_t> cutoffs;
  std::vector<RowCodec> codecs;     // of --codec; empty: indexes are measured
  Metric metric = Metric::kCosine;  // of codecs
  int threads = 1;
  ResultPlan result;
};

absl::StatusOr<RecallPlan> ReadRecallPlan(const Arguments& arguments) {
  RecallPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (IsFlagSet("codec")) {
    if (!arguments.empty()) {
      return UsageError(
          "--codec compares codecs of the model; leave out INDEX");
    }
    const absl::StatusOr<Metric> metric = MetricFromName(FLAGS_metric);
    if (!metric.ok()) {
      return UsageError(absl::StrCat("--metric: ", metric.status().message()));
    }
    plan.metric = *metric;
    EMBED_ASSIGN_OR_RETURN(plan.codecs, ReadCodecList(plan.metric));
  } else if (arguments.empty()) {
    return UsageError("an input is needed: INDEX ..., or --codec");
  } else if (IsFlagSet("metric")) {
    return UsageError(
        "--metric goes with --codec; an index has a metric of its own");
  }
  EMBED_ASSIGN_OR_RETURN(plan.cutoffs, ReadCutoffs());
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// The model's vectors in the order of the index, as they are.
absl::StatusOr<EmbeddingTable> VectorsOfIndex(const KeyedVectors& vectors,
                                              const ItemIndex& index,
                                              const std::string& index_path,
                                              const std::string& model_path) {
  EMBED_ASSIGN_OR_RETURN(
      EmbeddingTable rows,
      EmbeddingTable::Create(index.size(), vectors.table.dim()));
  if (index.dim() != vectors.table.dim()) {
    return absl::InvalidArgumentError(
        absl::StrCat(index_path, ": vectors of ", index.dim(),
                     " numbers, those of ", model_path, " have ",
                     vectors.table.dim(), "; give the model it was made of"));
  }
  for (uint32_t id = 0; id < index.size(); ++id) {
    const uint32_t from = vectors.vocabulary.Find(index.key(id));
    if (from == Vocabulary::kNotFound) {
      return absl::InvalidArgumentError(absl::StrCat(
          index_path, ": its key \"", index.key(id), "\" has no vector in ",
          model_path, "; give the model it was made of"));
    }
    const float* values = vectors.table.row(from);
    std::copy(values, values + rows.dim(), rows.row(id));
  }
  if (index.size() < vectors.vocabulary.size()) {
    std::fprintf(stderr, "%s holds %zu of %zu keys; compared among these\n",
                 index_path.c_str(), static_cast<size_t>(index.size()),
                 static_cast<size_t>(vectors.vocabulary.size()));
  }
  return rows;
}

// A row of the table for each cutoff, a series of the plot.
absl::Status MeasureIndex(const std::string& path, const KeyedVectors& vectors,
                          const RecallPlan& plan, ResultTable* table,
                          LinePlot* plot) {
  EMBED_ASSIGN_OR_RETURN(const ItemIndex index, ItemIndex::Open(path));
  if (index.changes() != nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(
        path,
        ": has changes that --model knows nothing of, and ids of its "
        "own; compare a copy made by embedconvert --compact"));
  }
  EMBED_ASSIGN_OR_RETURN(
      const EmbeddingTable rows,
      VectorsOfIndex(vectors, index, path, plan.vectors.path));
  EMBED_ASSIGN_OR_RETURN(
      const RecallRun run,
      RecallRun::Create(rows.view(), index.metric(),
                        SampleQueries(static_cast<uint32_t>(index.size())),
                        plan.cutoffs, plan.threads));
  EMBED_ASSIGN_OR_RETURN(
      const std::vector<RecallOfK> measured,
      run.Measure([&](const MatrixView& queries, const SearchOptions& options) {
        return index.Search(queries, options);
      }));
  PlotSeries series = {FileCell(path), {}};
  for (const RecallOfK& row : measured) {
    table->Add({FileCell(path), static_cast<int64_t>(row.k), row.result.recall,
                row.result.rms_error, row.result.max_error,
                row.queries_per_second, run.exact_per_second(),
                static_cast<int64_t>(run.num_queries()),
                static_cast<int64_t>(index.size())});
    series.points.push_back({static_cast<double>(row.k), row.result.recall, 0});
  }
  plot->series.push_back(std::move(series));
  return absl::OkStatus();
}

absl::Status RunIndexes(const Arguments& paths, const RecallPlan& plan,
                        const KeyedVectors& vectors) {
  ResultTable table({"index", "k", "recall", "rms_error", "max_error",
                     "queries_per_second", "exact_per_second", "queries",
                     "keys"});
  LinePlot plot;
  plot.title = "Share of the k nearest keys that an index finds";
  plot.x_label = "k";
  plot.y_label = "recall";
  for (const std::string& path : paths) {
    EMBED_RETURN_IF_ERROR(MeasureIndex(path, vectors, plan, &table, &plot));
  }
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

absl::Status RunCodecs(const RecallPlan& plan, const KeyedVectors& vectors) {
  const MatrixView rows = vectors.table.view();
  EMBED_RETURN_IF_ERROR(
      CheckIndexInput(vectors.vocabulary, rows, plan.threads));
  EMBED_ASSIGN_OR_RETURN(
      const RecallRun run,
      RecallRun::Create(rows, plan.metric,
                        SampleQueries(static_cast<uint32_t>(rows.rows)),
                        plan.cutoffs, plan.threads));
  ResultTable table(CodecColumns());
  LinePlot plot;
  plot.title = absl::StrCat("Share of the k nearest keys by ",
                            MetricName(plan.metric), " that codes find");
  plot.x_label = "k";
  plot.y_label = "recall";
  EMBED_RETURN_IF_ERROR(MeasureCodecs(plan.codecs, rows, plan.metric, run,
                                      plan.threads, &table, &plot));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace

CommandInfo RecallTaskInfo() {
  CommandInfo info;
  info.name = "embedeval recall";
  info.summary = "what an index or a codec finds of exact search, how fast";
  info.synopsis =
      "embedeval recall --model FILE [flags] INDEX ...\n"
      "embedeval recall --model FILE --codec NAMES [flags]\n"
      "INDEX is a .faiss file made of the model. For each key, or --queries of "
      "them, the\nnearest others are looked for in the index and among the "
      "model's float32 vectors,\nby the metric of the index. recall: the share "
      "of the first k that are among the k\nnearest, of equally near ones any. "
      "rms_error, max_error: the index's scores against\nexact ones. "
      "queries_per_second: of the index for this k, in batches of 256;\n"
      "exact_per_second: of exact search by matrix products for the largest k. "
      "With\n--codec the same of flat tables that are made of the model, and "
      "bytes_per_row: what\na codec takes by its definition (int4 is searched "
      "unpacked).";
  info.examples = {
      "embedeval recall --model karate.embed karate.faiss",
      "embedeval recall --model karate.embed --queries 20 --cutoffs 1,5 "
      "karate.faiss",
      "embedeval recall --model karate.embed --codec all --plot codecs.svg"};
  info.flag_texts["codec"] = CodecListText("codecs to compare");
  info.flag_texts["metric"] = "of --codec: what to rank by: cosine, dot or l2";
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 {"Recall", {"codec", "metric", "cutoffs", "queries", "seed"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunRecallTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const RecallPlan plan, ReadRecallPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  return plan.codecs.empty() ? RunIndexes(arguments, plan, vectors)
                             : RunCodecs(plan, vectors);
}

}  // namespace embed
