#include "apps/common/index_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/base/status_macros.h"

DEFINE_string(index, "auto",
              "auto, flat (exact), hnsw (a graph: faster, and misses a few "
              "neighbors) or ivf (lists of near rows, of which a search reads "
              "some: smaller than a graph); auto: flat up to 50,000 rows, hnsw "
              "beyond");
DEFINE_int32(hnsw_m, 16,
             "of a graph: links of a row, twice as many on the lowest level");
DEFINE_int32(ef_construction, 100,
             "of a graph: rows kept in view while a row is linked");
DEFINE_int32(nlist, 0,
             "with --index ivf: the number of lists; 0: 4 times the root of "
             "the rows, with 32 rows each or more");
DEFINE_double(target_recall, 0,
              "of a graph or lists: find the least ef_search or nprobe that "
              "finds this part of the 10 nearest, on a sample of the rows, and "
              "keep it for embedquery; 0: an ef_search of 100, or an nprobe of "
              "the root of nlist, is kept");
DEFINE_string(rerank, "none",
              "f16: keep the vectors in float16 as well (2 bytes a number), "
              "from which the scores of the best are taken: recall near 1");
DEFINE_string(metric, "cosine",
              "what the index ranks by: cosine, dot (products of the vectors "
              "as they are) or l2 (squared distances, the smallest first)");
DEFINE_string(codec, "int8",
              "of the index: int8, or to compare with int8_plain, int8_pow2, "
              "uint8, int8_sat or int4 (all for embedquery, and all a byte a "
              "number, int4 too; --add is for int8 only), or faiss8 (a file "
              "that FAISS reads, from Python too)");

namespace embed {

FlagGroup IndexFlagGroup() {
  return {"Index",
          {"index", "metric", "hnsw_m", "ef_construction", "nlist",
           "target_recall", "rerank"}};
}

namespace {

absl::StatusOr<IndexKind> KindFromFlag() {
  if (FLAGS_index == "auto") return IndexKind::kAuto;
  if (FLAGS_index == "flat") return IndexKind::kFlat;
  if (FLAGS_index == "hnsw") return IndexKind::kHnsw;
  if (FLAGS_index == "ivf") return IndexKind::kIvf;
  return UsageError(absl::StrCat("--index: \"", FLAGS_index,
                                 "\" is none of auto, flat, hnsw, ivf"));
}

// Flags of one kind do not go with another.
absl::Status CheckFlagsOfKind(IndexKind kind) {
  std::vector<const char*> others;
  if (kind == IndexKind::kFlat) others.push_back("target_recall");
  if (kind == IndexKind::kFlat || kind == IndexKind::kIvf) {
    others.insert(others.end(), {"hnsw_m", "ef_construction"});
  }
  if (kind != IndexKind::kIvf) others.push_back("nlist");
  for (const char* const flag : others) {
    if (!IsFlagSet(flag)) continue;
    return UsageError(
        absl::StrCat("--", flag, " does not go with --index ", FLAGS_index));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IndexPlan> ReadIndexFlags() {
  IndexPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.kind, KindFromFlag());
  EMBED_RETURN_IF_ERROR(CheckFlagsOfKind(plan.kind));
  plan.hnsw.m = FLAGS_hnsw_m;
  plan.hnsw.ef_construction = FLAGS_ef_construction;
  const absl::Status status = plan.hnsw.Validate();
  if (!status.ok()) {
    return UsageError(
        absl::StrCat("--hnsw_m, --ef_construction: ", status.message()));
  }
  if (FLAGS_nlist < 0 || FLAGS_nlist > static_cast<int32_t>(kMaxIvfLists)) {
    return UsageError(absl::StrCat("--nlist: ", FLAGS_nlist,
                                   " is not from 0 to ", kMaxIvfLists));
  }
  plan.lists = static_cast<uint32_t>(FLAGS_nlist);
  if (!(FLAGS_target_recall >= 0 && FLAGS_target_recall < 1)) {
    return UsageError(absl::StrCat("--target_recall: ", FLAGS_target_recall,
                                   " is not 0, or between 0 and 1"));
  }
  const absl::StatusOr<Metric> metric = MetricFromName(FLAGS_metric);
  if (!metric.ok()) {
    return UsageError(absl::StrCat("--metric: ", metric.status().message()));
  }
  plan.metric = *metric;
  plan.target_recall = FLAGS_target_recall;
  if (FLAGS_rerank != "none" && FLAGS_rerank != "f16") {
    return UsageError(absl::StrCat("--rerank: \"", FLAGS_rerank,
                                   "\" is neither none nor f16"));
  }
  plan.rerank_f16 = FLAGS_rerank == "f16";
  if (plan.metric != Metric::kCosine &&
      (plan.rerank_f16 || plan.kind == IndexKind::kIvf)) {
    return UsageError(
        absl::StrCat(plan.rerank_f16 ? "--rerank f16" : "--index ivf",
                     " goes with --metric ", "cosine only"));
  }
  return plan;
}

void ApplyIndexPlan(const IndexPlan& plan, uint64_t rows,
                    ItemIndexOptions* options) {
  options->metric = plan.metric;
  options->codec = plan.codec;
  options->rerank_f16 = plan.rerank_f16;
  if (plan.kind == IndexKind::kIvf) {
    options->ivf.emplace();
    options->ivf->lists = plan.lists == 0 ? DefaultIvfLists(rows) : plan.lists;
    options->info["nlist"] = absl::StrCat(options->ivf->lists);
  } else if (plan.WithGraph(rows)) {
    options->hnsw = plan.hnsw;
    options->hnsw->threads = options->threads;
    options->info["hnsw_m"] = absl::StrCat(plan.hnsw.m);
    options->info["ef_construction"] = absl::StrCat(plan.hnsw.ef_construction);
  } else {
    return;
  }
  options->target_recall = plan.target_recall;
  if (plan.target_recall > 0) {
    options->info["target_recall"] = absl::StrCat(plan.target_recall);
  }
}

std::string IndexNote(const ItemIndex& index, const ItemIndexOptions& options,
                      double seconds) {
  std::string note = "(the index, 8 bits a number";
  if (index.table().row_codec() == RowCodec::kInt4) {
    absl::StrAppend(&note, " for codes of 4");
  }
  if (index.table().has_f16()) absl::StrAppend(&note, ", and 16 to rerank");
  std::string tuned;
  double recall = 0;
  std::string better;  // flags for more
  if (index.graph() != nullptr) {
    const HnswGraph::Parts& graph = index.graph()->parts();
    absl::StrAppendFormat(&note,
                          ", with a graph of hnsw_m %d and ef_construction %d, "
                          "made in %.1f s",
                          graph.m, options.hnsw->ef_construction, seconds);
    tuned = absl::StrCat("ef_search ", graph.ef_search);
    recall = graph.recall;
    better = "a larger --hnsw_m or --ef_construction, or --rerank f16";
  } else if (index.lists() != nullptr) {
    absl::StrAppendFormat(&note, ", in %d lists, made in %.1f s",
                          index.lists()->lists(), seconds);
    tuned = absl::StrCat("nprobe ", index.lists()->parts().nprobe);
    recall = index.lists()->parts().recall;
    better = "--rerank f16";
  }
  absl::StrAppend(&note, ")");
  if (options.target_recall <= 0) return note;
  absl::StrAppendFormat(&note, "\n%s: finds %.4f of the 10 nearest", tuned,
                        recall);
  if (recall < options.target_recall) {
    absl::StrAppendFormat(&note, ", the most there is; more than %.4g takes %s",
                          options.target_recall, better);
  }
  return note;
}

}  // namespace embed
