#include "apps/eval_recall.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/ranking_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "embed/base/status_macros.h"
#include "embed/eval/search_recall.h"
#include "embed/eval/unit_rows.h"
#include "embed/index/item_index.h"

namespace embed {
namespace {

using Answers = std::vector<std::vector<ScoredRow>>;

// Queries given to the index together, as embedquery does.
constexpr size_t kBatch = 256;

struct RecallPlan {
  VectorsPlan vectors;
  std::vector<uint64_t> cutoffs;
  int threads = 1;
  ResultPlan result;
};

absl::StatusOr<RecallPlan> ReadPlan(const Arguments& arguments) {
  RecallPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (arguments.empty()) return UsageError("an input is needed: INDEX ...");
  EMBED_ASSIGN_OR_RETURN(plan.cutoffs, ReadCutoffs());
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

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

// The k nearest but the key itself of each query, by the index.
absl::StatusOr<Answers> Ask(const ItemIndex& index, const MatrixView& vectors,
                            const std::vector<uint32_t>& queries, uint64_t k,
                            int threads) {
  Answers answers;
  SearchOptions options;
  options.k = k + 1;
  options.threads = threads;
  std::vector<float> batch;
  const auto search = [&]() -> absl::Status {
    const size_t dim = static_cast<size_t>(vectors.dim);
    EMBED_ASSIGN_OR_RETURN(
        const SearchHits hits,
        index.Search({batch.data(), batch.size() / dim, vectors.dim, dim},
                     options));
    for (const std::vector<SearchHit>& found : hits) {
      const uint32_t own = queries[answers.size()];
      std::vector<ScoredRow>& answer = answers.emplace_back();
      for (const SearchHit& hit : found) {
        if (hit.id != own) answer.push_back({hit.id, hit.score});
      }
      if (answer.size() > k) answer.pop_back();
    }
    batch.clear();
    return absl::OkStatus();
  };
  for (size_t i = 0; i < queries.size(); ++i) {
    const absl::Span<const float> row = vectors.row(queries[i]);
    batch.insert(batch.end(), row.begin(), row.end());
    if ((i + 1) % kBatch == 0) EMBED_RETURN_IF_ERROR(search());
  }
  if (!batch.empty()) EMBED_RETURN_IF_ERROR(search());
  return answers;
}

// A row of the table for each cutoff, a series of the plot.
absl::Status MeasureIndex(const std::string& path, const KeyedVectors& vectors,
                          const RecallPlan& plan, ResultTable* table,
                          LinePlot* plot) {
  EMBED_ASSIGN_OR_RETURN(const ItemIndex index, ItemIndex::Open(path));
  EMBED_ASSIGN_OR_RETURN(
      const EmbeddingTable rows,
      VectorsOfIndex(vectors, index, path, plan.vectors.path));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit, UnitRows(rows.view()));
  const std::vector<uint32_t> queries =
      SampleQueries(static_cast<uint32_t>(index.size()));
  const double asked = static_cast<double>(queries.size());
  const uint64_t most =
      *std::max_element(plan.cutoffs.begin(), plan.cutoffs.end());
  const Stopwatch exact_time;
  const Answers exact = NearestRows(unit.view(), queries, most, plan.threads);
  const double exact_rate = asked / exact_time.Seconds();
  PlotSeries series = {FileCell(path), {}};
  for (const uint64_t k : plan.cutoffs) {
    const Stopwatch time;
    EMBED_ASSIGN_OR_RETURN(const Answers answers,
                           Ask(index, rows.view(), queries, k, plan.threads));
    const double rate = asked / time.Seconds();
    const SearchRecall result =
        MeasureRecall(unit.view(), queries, exact, answers, k);
    table->Add({FileCell(path), static_cast<int64_t>(k), result.recall,
                result.rms_error, result.max_error, rate, exact_rate,
                static_cast<int64_t>(queries.size()),
                static_cast<int64_t>(index.size())});
    series.points.push_back({static_cast<double>(k), result.recall, 0});
  }
  plot->series.push_back(std::move(series));
  return absl::OkStatus();
}

}  // namespace

CommandInfo RecallTaskInfo() {
  CommandInfo info;
  info.name = "embedeval recall";
  info.summary = "what an index finds of exact search, and how fast";
  info.synopsis =
      "embedeval recall --model FILE [flags] INDEX ...\n"
      "INDEX is a .faiss file made of the model. For each key, or --queries of "
      "them, the\nnearest others by cosine are looked for in the index and "
      "among the model's\nfloat32 vectors. recall: the share of the first k "
      "that are among the k nearest,\nof equally near ones any. rms_error, "
      "max_error: the index's scores against exact\ncosines. "
      "queries_per_second: of the index for this k, in batches of 256;\n"
      "exact_per_second: of exact search by matrix products for the largest k.";
  info.examples = {
      "embedeval recall --model karate.embed karate.faiss",
      "embedeval recall --model karate.embed --queries 20 --cutoffs 1,5 "
      "karate.faiss"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 {"Recall", {"cutoffs", "queries", "seed"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  return info;
}

absl::Status RunRecallTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const RecallPlan plan, ReadPlan(arguments));
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  ResultTable table({"index", "k", "recall", "rms_error", "max_error",
                     "queries_per_second", "exact_per_second", "queries",
                     "keys"});
  LinePlot plot;
  plot.title = "Share of the k nearest keys that an index finds";
  plot.x_label = "k";
  plot.y_label = "recall";
  for (const std::string& path : arguments) {
    EMBED_RETURN_IF_ERROR(MeasureIndex(path, vectors, plan, &table, &plot));
  }
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
