#include "apps/eval_neighbors.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/neighbor_page.h"
#include "embed/base/status_macros.h"
#include "embed/eval/nearest_rows.h"
#include "embed/eval/unit_rows.h"
#include "embed/io/atomic_file.h"

DEFINE_string(html, "", "file for a page to read, in HTML");
DECLARE_uint64(k);

namespace embed {
namespace {

// Shown where no key is asked for.
constexpr uint32_t kFirstKeys = 10;

struct NeighborsPlan {
  VectorsPlan vectors;
  int threads = 1;
  ResultPlan result;
};

absl::StatusOr<NeighborsPlan> ReadNeighborsPlan() {
  NeighborsPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (FLAGS_k < 1) return UsageError("--k: 0 is not at least 1");
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  if (!FLAGS_html.empty() && FLAGS_html != "-") {
    EMBED_RETURN_IF_ERROR(CheckWritable(FLAGS_html));
  }
  return plan;
}

struct AskedKeys {
  std::vector<uint32_t> ids;
  bool all_known = true;  // PrintError() has told the others
};

AskedKeys FindKeys(const Arguments& keys, const Vocabulary& vocabulary,
                   const std::string& path) {
  AskedKeys asked;
  if (keys.empty()) {
    asked.ids.resize(std::min(kFirstKeys, vocabulary.size()));
    std::iota(asked.ids.begin(), asked.ids.end(), 0);
  }
  for (const std::string& key : keys) {
    const uint32_t id = vocabulary.Find(key);
    if (id != Vocabulary::kNotFound) {
      asked.ids.push_back(id);
      continue;
    }
    asked.all_known = false;
    PrintError("embedeval neighbors",
               absl::StrCat("unknown key \"", key, "\" in ", path));
  }
  return asked;
}

std::vector<NeighborList> Named(
    const Vocabulary& vocabulary, const std::vector<uint32_t>& ids,
    const std::vector<std::vector<ScoredRow>>& nearest) {
  std::vector<NeighborList> lists;
  for (size_t i = 0; i < ids.size(); ++i) {
    NeighborList& list = lists.emplace_back();
    list.key = std::string(vocabulary.key(ids[i]));
    for (const ScoredRow& row : nearest[i]) {
      list.neighbors.push_back(
          {std::string(vocabulary.key(row.id)), row.score});
    }
  }
  return lists;
}

std::string KeyCell(const std::string& key) {
  return absl::StrReplaceAll(key, {{"\t", " "}, {"\n", " "}});
}

ResultTable MakeTable(const std::vector<NeighborList>& lists) {
  ResultTable table({"query", "rank", "key", "score"});
  for (const NeighborList& list : lists) {
    int64_t rank = 0;
    for (const NeighborList::Neighbor& neighbor : list.neighbors) {
      table.Add(
          {KeyCell(list.key), ++rank, KeyCell(neighbor.key), neighbor.score});
    }
  }
  return table;
}

}  // namespace

CommandInfo NeighborsTaskInfo() {
  CommandInfo info;
  info.name = "embedeval neighbors";
  info.summary = "the nearest keys of chosen ones, to look at";
  info.synopsis =
      "embedeval neighbors --model FILE [flags] [KEY ...]\n"
      "The k nearest keys by cosine of the float32 vectors, exactly; without "
      "KEY, of the\nfirst ten keys, in most models the commonest. --html "
      "writes them as one page that\nneeds nothing else. A KEY without a "
      "vector is reported, the others are answered,\nand the exit code is 1.";
  info.examples = {
      "embedeval neighbors --model karate.embed 1 34",
      "embedeval neighbors --model karate.embed --k 5 --html karate.html"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 {"Neighbours", {"k", "html"}},
                 ResultFlagGroup(/*with_plot=*/false),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunNeighborsTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const NeighborsPlan plan, ReadNeighborsPlan());
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  const AskedKeys asked =
      FindKeys(arguments, vectors.vocabulary, plan.vectors.path);
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit, UnitRows(vectors.view()));
  const std::vector<NeighborList> lists =
      Named(vectors.vocabulary, asked.ids,
            NearestRows(unit.view(), asked.ids, FLAGS_k, plan.threads));
  EMBED_RETURN_IF_ERROR(WriteTable(plan.result, MakeTable(lists)));
  if (!FLAGS_html.empty()) {
    EMBED_RETURN_IF_ERROR(WriteText(
        FLAGS_html,
        NeighborPage(
            absl::StrCat("Nearest keys in ", FileCell(plan.vectors.path), " (",
                         vectors.vocabulary.size(), " keys, ",
                         vectors.table.dim(), " dimensions)"),
            lists)));
  }
  return asked.all_known ? absl::OkStatus() : ReportedError();
}

}  // namespace embed
