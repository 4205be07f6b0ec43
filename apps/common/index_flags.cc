#include "apps/common/index_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/base/status_macros.h"

DEFINE_string(index, "auto",
              "auto, flat (exact) or hnsw (a graph: faster, and misses a few "
              "neighbors); auto: flat up to 50,000 rows, hnsw beyond");
DEFINE_int32(hnsw_m, 16,
             "of a graph: links of a row, twice as many on the lowest level");
DEFINE_int32(ef_construction, 100,
             "of a graph: rows kept in view while a row is linked");
DEFINE_double(target_recall, 0,
              "of a graph: find the least ef_search that finds this part of "
              "the 10 nearest, on a sample of the rows, and keep it for "
              "embedquery; 0: 100 is kept");
DECLARE_bool(deterministic);

namespace embed {

FlagGroup IndexFlagGroup() {
  return {"Index", {"index", "hnsw_m", "ef_construction", "target_recall"}};
}

absl::StatusOr<IndexPlan> ReadIndexFlags() {
  IndexPlan plan;
  if (FLAGS_index == "flat") {
    plan.kind = IndexKind::kFlat;
  } else if (FLAGS_index == "hnsw") {
    plan.kind = IndexKind::kHnsw;
  } else if (FLAGS_index != "auto") {
    return UsageError(absl::StrCat("--index: \"", FLAGS_index,
                                   "\" is none of auto, flat, hnsw"));
  }
  for (const char* const flag :
       {"hnsw_m", "ef_construction", "target_recall"}) {
    if (plan.kind == IndexKind::kFlat && IsFlagSet(flag)) {
      return UsageError(
          absl::StrCat("--", flag, " does not go with --index flat"));
    }
  }
  plan.hnsw.m = FLAGS_hnsw_m;
  plan.hnsw.ef_construction = FLAGS_ef_construction;
  const absl::Status status = plan.hnsw.Validate();
  if (!status.ok()) {
    return UsageError(
        absl::StrCat("--hnsw_m, --ef_construction: ", status.message()));
  }
  if (!(FLAGS_target_recall >= 0 && FLAGS_target_recall < 1)) {
    return UsageError(absl::StrCat("--target_recall: ", FLAGS_target_recall,
                                   " is not 0, or between 0 and 1"));
  }
  plan.target_recall = FLAGS_target_recall;
  plan.deterministic = FLAGS_deterministic;
  return plan;
}

void ApplyIndexPlan(const IndexPlan& plan, uint64_t rows,
                    ItemIndexOptions* options) {
  if (!plan.WithGraph(rows)) return;
  options->hnsw = plan.hnsw;
  options->hnsw->threads = plan.deterministic ? 1 : options->threads;
  options->target_recall = plan.target_recall;
  options->info["hnsw_m"] = absl::StrCat(plan.hnsw.m);
  options->info["ef_construction"] = absl::StrCat(plan.hnsw.ef_construction);
  if (plan.target_recall > 0) {
    options->info["target_recall"] = absl::StrCat(plan.target_recall);
  }
}

std::string IndexNote(const ItemIndex& index, const ItemIndexOptions& options,
                      double seconds) {
  if (index.graph() == nullptr) return "(the index, 8 bits a number)";
  const HnswGraph::Parts& graph = index.graph()->parts();
  std::string note = absl::StrFormat(
      "(the index, 8 bits a number, with a graph of hnsw_m %d and "
      "ef_construction %d, made in %.1f s)",
      graph.m, options.hnsw->ef_construction, seconds);
  if (options.target_recall <= 0) return note;
  absl::StrAppendFormat(&note, "\nef_search %d: finds %.4f of the 10 nearest",
                        graph.ef_search, graph.recall);
  if (graph.recall < options.target_recall) {
    absl::StrAppendFormat(&note,
                          ", the most there is; more than %.4g takes a larger "
                          "--hnsw_m or --ef_construction",
                          options.target_recall);
  }
  return note;
}

}  // namespace embed
