#include "apps/eval_compare.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/ranking_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "embed/base/status_macros.h"
#include "embed/eval/neighborhoods.h"
#include "embed/eval/procrustes.h"
#include "embed/eval/unit_rows.h"

namespace embed {
namespace {

struct ComparePlan {
  VectorsPlan a;
  VectorsPlan b;
  std::vector<uint64_t> cutoffs;
  int threads = 1;
  ResultPlan result;
};

absl::StatusOr<ComparePlan> ReadComparePlan(const Arguments& arguments) {
  ComparePlan plan;
  if (arguments.size() != 2) {
    return UsageError(absl::StrCat("two files of vectors are expected, found ",
                                   arguments.size(), " arguments"));
  }
  EMBED_ASSIGN_OR_RETURN(const bool unit_length, ReadNormalizeFlag());
  plan.a = {arguments[0], unit_length};
  plan.b = {arguments[1], unit_length};
  EMBED_ASSIGN_OR_RETURN(plan.cutoffs, ReadCutoffs());
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// Rows of both tables for the keys that both have, in A's order.
struct CommonRows {
  EmbeddingTable a;
  EmbeddingTable b;
};

absl::StatusOr<CommonRows> SelectCommon(const KeyedVectors& a,
                                        const KeyedVectors& b) {
  std::vector<std::pair<uint32_t, uint32_t>> ids;
  for (uint32_t id = 0; id < a.vocabulary.size(); ++id) {
    const uint32_t other = b.vocabulary.Find(a.vocabulary.key(id));
    if (other != Vocabulary::kNotFound) ids.push_back({id, other});
  }
  CommonRows rows;
  EMBED_ASSIGN_OR_RETURN(rows.a,
                         EmbeddingTable::Create(ids.size(), a.table.dim()));
  EMBED_ASSIGN_OR_RETURN(rows.b,
                         EmbeddingTable::Create(ids.size(), b.table.dim()));
  for (size_t i = 0; i < ids.size(); ++i) {
    std::copy_n(a.table.row(ids[i].first), a.table.dim(), rows.a.row(i));
    std::copy_n(b.table.row(ids[i].second), b.table.dim(), rows.b.row(i));
  }
  return rows;
}

}  // namespace

CommandInfo CompareTaskInfo() {
  CommandInfo info;
  info.name = "embedeval compare";
  info.summary = "two models of the same keys: neighbours, Procrustes distance";
  info.synopsis =
      "embedeval compare [flags] A B\n"
      "A and B are files of vectors; the keys that both have are compared. For "
      "each of\nthem, or --queries of them, and each k of --cutoffs:\n"
      "  overlap           share of the k nearest keys by cosine in A that are "
      "of the\n                    k nearest in B; mean, standard deviation "
      "(n - 1); by\n                    chance k / (common - 1)\n"
      "  rank_correlation  Spearman's rho between the cosines in A and in B "
      "of the k nearest\n                    in A, and of those in B; mean\n"
      "procrustes: min ||A R - B||_F^2 over orthogonal R, A and B centred and "
      "scaled to a\nFrobenius norm of 1; 0: the same up to rotation, 2 at "
      "most. It is of the vectors\nas they are, or with --normalize l2 of "
      "their directions.";
  info.examples = {
      "embedeval compare karate.embed other.embed",
      "embedeval compare --cutoffs 5 --queries 20 --normalize l2 karate.embed "
      "other.embed"};
  info.groups = {{"Vectors", {"normalize"}},
                 {"Comparison", {"cutoffs", "queries", "seed"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunCompareTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const ComparePlan plan, ReadComparePlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors a, LoadVectors(plan.a));
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors b, LoadVectors(plan.b));
  EMBED_ASSIGN_OR_RETURN(const CommonRows rows, SelectCommon(a, b));
  const uint64_t common = rows.a.rows();
  if (common < 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        plan.a.path, " and ", plan.b.path, " have ", common,
        " keys in common (the first of A is \"", a.vocabulary.key(0),
        "\", of B \"", b.vocabulary.key(0), "\"); at least 2 are needed"));
  }
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit_a, UnitRows(rows.a.view()));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit_b, UnitRows(rows.b.view()));
  const std::vector<uint32_t> queries =
      SampleQueries(static_cast<uint32_t>(common));
  const uint64_t most =
      *std::max_element(plan.cutoffs.begin(), plan.cutoffs.end());
  const auto nearest_a =
      NearestRows(unit_a.view(), queries, most, plan.threads);
  const auto nearest_b =
      NearestRows(unit_b.view(), queries, most, plan.threads);
  const double distance = ProcrustesDistance(rows.a.view(), rows.b.view());
  ResultTable table({"k", "overlap", "overlap_sd", "rank_correlation",
                     "procrustes", "queries", "common", "keys_a", "keys_b"});
  LinePlot plot;
  plot.title = absl::StrCat("Agreement of ", FileCell(plan.a.path), " and ",
                            FileCell(plan.b.path));
  plot.x_label = "k";
  plot.series = {{"overlap of the k nearest", {}}, {"rank correlation", {}}};
  for (const uint64_t k : plan.cutoffs) {
    const NeighborhoodAgreement result = CompareNeighborhoods(
        unit_a.view(), unit_b.view(), queries, nearest_a, nearest_b, k);
    table.Add({static_cast<int64_t>(k), result.overlap,
               result.overlap_deviation, result.rank_correlation, distance,
               static_cast<int64_t>(queries.size()),
               static_cast<int64_t>(common), int64_t{a.vocabulary.size()},
               int64_t{b.vocabulary.size()}});
    const double x = static_cast<double>(k);
    plot.series[0].points.push_back({x, result.overlap, 0});
    plot.series[1].points.push_back({x, result.rank_correlation, 0});
  }
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
