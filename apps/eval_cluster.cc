#include "apps/eval_cluster.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/labelled_vectors.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/stored_vectors.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/eval/partition_metrics.h"
#include "embed/eval/spread.h"
#include "embed/index/kmeans.h"
#include "embed/model/select_rows.h"

DEFINE_uint32(clusters, 0, "k of k-means; 0: as many as there are labels");
DEFINE_int32(runs, 10, "runs of k-means to average over, each with a seed");
DEFINE_int32(restarts, 10,
             "starts from random rows in a run, of which the best counts");
DEFINE_int32(iterations, 25, "of k-means from each start");
DECLARE_uint64(seed);

namespace embed {
namespace {

struct ClusterPlan {
  VectorsPlan vectors;
  std::string labels_path;
  KMeansOptions options;
  int runs = 1;
  int threads = 1;
  StoredVectorsPlan stored;
  ResultPlan result;
};

absl::StatusOr<ClusterPlan> ReadClusterPlan(const Arguments& arguments) {
  ClusterPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  EMBED_ASSIGN_OR_RETURN(plan.labels_path, TakeLabelsPath(arguments));
  if (FLAGS_runs < 1 || FLAGS_restarts < 1 || FLAGS_iterations < 1) {
    return UsageError("--runs, --restarts and --iterations are at least 1");
  }
  plan.options.clusters = FLAGS_clusters;
  plan.options.restarts = FLAGS_restarts;
  plan.options.iterations = FLAGS_iterations;
  plan.runs = FLAGS_runs;
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(
      plan.stored,
      ReadStoredVectorsFlags(plan.vectors.unit_length, plan.threads));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// Rows of the model with one label each.
struct Samples {
  std::vector<uint32_t> rows;
  std::vector<uint32_t> labels;
  uint32_t num_labels = 0;  // different ones
};

absl::StatusOr<Samples> WithOneLabel(const LabelledVectors& all,
                                     const std::string& path) {
  Samples samples;
  std::vector<bool> occurs(all.num_labels);
  for (size_t i = 0; i < all.labels.size(); ++i) {
    if (all.labels[i].size() != 1) continue;
    samples.rows.push_back(all.rows[i]);
    samples.labels.push_back(all.labels[i][0]);
    occurs[all.labels[i][0]] = true;
  }
  if (samples.rows.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": every key has several labels; clusters need one label a key"));
  }
  if (samples.rows.size() < all.labels.size()) {
    std::fprintf(stderr, "%zu keys with several labels are left out\n",
                 all.labels.size() - samples.rows.size());
  }
  samples.num_labels =
      static_cast<uint32_t>(std::count(occurs.begin(), occurs.end(), true));
  return samples;
}

struct RunScores {
  std::vector<double> nmi;
  std::vector<double> ari;
  std::vector<double> objective;  // a row
};

// Runs are independent and each uses one thread: the same for any --threads.
absl::StatusOr<RunScores> RunAll(const MatrixView& vectors,
                                 const std::vector<uint32_t>& labels,
                                 const ClusterPlan& plan) {
  const size_t runs = static_cast<size_t>(plan.runs);
  RunScores scores = {std::vector<double>(runs), std::vector<double>(runs),
                      std::vector<double>(runs)};
  std::vector<absl::Status> statuses(runs);
  std::atomic<size_t> next{0};
  RunThreads(std::min(plan.threads, plan.runs), [&](int) {
    for (size_t run; (run = next.fetch_add(1)) < runs;) {
      KMeansOptions options = plan.options;
      options.seed = FLAGS_seed + run;
      const auto found = KMeans(vectors, options);
      statuses[run] = found.status();
      if (!found.ok()) continue;
      scores.nmi[run] = NormalizedMutualInformation(found->clusters, labels);
      scores.ari[run] = AdjustedRandIndex(found->clusters, labels);
      scores.objective[run] =
          found->objective / static_cast<double>(labels.size());
    }
  });
  for (const absl::Status& status : statuses) EMBED_RETURN_IF_ERROR(status);
  return scores;
}

}  // namespace

CommandInfo ClusterTaskInfo() {
  CommandInfo info;
  info.name = "embedeval cluster";
  info.summary = "k-means compared with labels: NMI and ARI";
  info.synopsis =
      "embedeval cluster --model FILE [flags] LABELS\n"
      "LABELS has lines KEY tab LABEL or KEY tab TYPE tab LABEL; keys with "
      "several labels\nare left out. The vectors with a label are clustered by "
      "FAISS's k-means, --runs\ntimes from different seeds: mean and standard "
      "deviation (n - 1) of the mutual\ninformation divided by the mean of "
      "both entropies (NMI) and of the adjusted Rand\nindex (ARI; 0 by "
      "chance). objective: mean squared distance to the centre. Euclidean\n"
      "distances; with --normalize l2 of the directions only.";
  info.examples = {
      "embedeval cluster --model karate.embed karate.labels",
      "embedeval cluster --model karate.embed --normalize l2 --clusters 4 "
      "karate.labels"};
  info.groups = {
      VectorsFlagGroup(/*with_normalize=*/true),
      {"Clustering",
       {"labels", "clusters", "runs", "restarts", "iterations", "seed"}},
      ResultFlagGroup(/*with_plot=*/true),
      RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunClusterTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(ClusterPlan plan, ReadClusterPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const LabelledVectors all,
                         LoadLabelled(plan.vectors, plan.labels_path));
  EMBED_ASSIGN_OR_RETURN(const Samples samples,
                         WithOneLabel(all, plan.labels_path));
  if (plan.options.clusters == 0) plan.options.clusters = samples.num_labels;
  ResultTable table({"clusters", "labels", "runs", "nmi", "nmi_sd", "ari",
                     "ari_sd", "objective", "used", "total"});
  BarPlot plot;
  plot.title = absl::StrCat("k-means against labels, ", plan.runs,
                            " runs (mean, standard deviation)");
  plot.value_label = "agreement";
  plot.series = {"NMI", "ARI"};
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, all.model.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        EMBED_ASSIGN_OR_RETURN(const EmbeddingTable vectors,
                               SelectRows(rows, samples.rows));
        EMBED_ASSIGN_OR_RETURN(const RunScores scores,
                               RunAll(vectors.view(), samples.labels, plan));
        const Spread nmi = SpreadOf(scores.nmi);
        const Spread ari = SpreadOf(scores.ari);
        table.Add({int64_t{plan.options.clusters}, int64_t{samples.num_labels},
                   int64_t{plan.runs}, nmi.mean, nmi.deviation, ari.mean,
                   ari.deviation, SpreadOf(scores.objective).mean,
                   static_cast<int64_t>(samples.labels.size()),
                   static_cast<int64_t>(all.total)});
        plot.groups.push_back(
            {absl::StrCat(plan.options.clusters, " clusters", suffix),
             {{nmi.mean, nmi.deviation}, {ari.mean, ari.deviation}}});
        return absl::OkStatus();
      }));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
