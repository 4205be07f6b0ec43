#include "apps/eval_sentsim.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/pool_flags.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/stored_vectors.h"
#include "embed/base/status_macros.h"
#include "embed/eval/sentence_similarity.h"

DEFINE_bool(keep_common, false,
            "with --pool sif: do not take away what all sentences have in "
            "common");

namespace embed {
namespace {

struct SentsimPlan {
  VectorsPlan vectors;
  std::vector<PoolOptions> kinds;
  bool weighted = false;
  StoredVectorsPlan stored;
  ResultPlan result;
};

absl::StatusOr<SentsimPlan> ReadSentsimPlan(const Arguments& arguments) {
  SentsimPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (arguments.empty()) return UsageError("an input is needed: FILE ...");
  EMBED_ASSIGN_OR_RETURN(plan.kinds, ReadPoolKinds());
  for (const PoolOptions& kind : plan.kinds) {
    plan.weighted = plan.weighted || kind.pooling == Pooling::kSif;
  }
  EMBED_ASSIGN_OR_RETURN(const int threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(
      plan.stored, ReadStoredVectorsFlags(plan.vectors.unit_length, threads));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

// Of each key, from --counts or the vectors' own counts.
absl::StatusOr<std::vector<double>> Weights(const Vocabulary& vocabulary,
                                            const std::string& path) {
  std::vector<double> weights;
  if (!CountsPath().empty()) {
    EMBED_ASSIGN_OR_RETURN(const KeyCounts counts,
                           KeyCounts::Read(CountsPath()));
    for (uint32_t id = 0; id < vocabulary.size(); ++id) {
      weights.push_back(counts.SifWeight(vocabulary.key(id), SifA()));
    }
    return weights;
  }
  if (vocabulary.total_count() == 0) {
    return UsageError(absl::StrCat("--pool sif: ", path,
                                   " holds no counts; give --counts FILE"));
  }
  const double total = static_cast<double>(vocabulary.total_count());
  for (uint32_t id = 0; id < vocabulary.size(); ++id) {
    const double count = static_cast<double>(vocabulary.count(id));
    weights.push_back(SifWeight(SifA(), count, total));
  }
  return weights;
}

// A row of the table, a group of the plot.
void AddScores(const std::string& file, const PoolOptions& kind,
               const SentenceSimilarityResult& result,
               const std::string& suffix, ResultTable* table, BarPlot* plot) {
  const std::string pool(PoolingName(kind.pooling));
  table->Add({file, pool, result.spearman, result.pearson,
              static_cast<int64_t>(result.used),
              static_cast<int64_t>(result.total),
              static_cast<double>(result.words_known) /
                  static_cast<double>(std::max<uint64_t>(1, result.words))});
  plot->groups.push_back({absl::StrCat(file, ", ", pool, suffix),
                          {{result.spearman}, {result.pearson}}});
}

}  // namespace

CommandInfo SentsimTaskInfo() {
  CommandInfo info;
  info.name = "embedeval sentsim";
  info.summary = "similarity of sentences compared with people's judgements";
  info.synopsis =
      "embedeval sentsim --model FILE [flags] PAIRS ...\n"
      "PAIRS has lines SENTENCE tab SENTENCE tab SCORE. A sentence is its "
      "words' vectors\npooled (--pool, several with commas between them), and "
      "the correlations are of\nthe scores with the cosines. Words are what "
      "stands between white space, found as\nthey are, in lower case, or "
      "without punctuation around them; known: their share\nwith a vector. "
      "With sif, the counts are the model's or --counts, and the common\n"
      "component of all sentences is taken away, as published (--keep_common: "
      "not).";
  info.examples = {"embedeval sentsim --model corpus.embed sentences.tsv",
                   "embedeval sentsim --model corpus.embed --pool "
                   "mean,max,concat,sif,hier sentences.tsv"};
  info.groups = {
      VectorsFlagGroup(/*with_normalize=*/true),
      {"Pooling", {"pool", "pool_window", "sif_a", "counts", "keep_common"}},
      ResultFlagGroup(/*with_plot=*/true),
      RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunSentsimTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const SentsimPlan plan, ReadSentsimPlan(arguments));
  std::vector<std::vector<SentencePair>> files;
  for (const std::string& path : arguments) {
    EMBED_ASSIGN_OR_RETURN(std::vector<SentencePair> pairs,
                           ReadSentencePairs(path));
    files.push_back(std::move(pairs));
  }
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  std::vector<double> weights;
  if (plan.weighted) {
    EMBED_ASSIGN_OR_RETURN(weights,
                           Weights(vectors.vocabulary, plan.vectors.path));
  }
  ResultTable table(
      {"file", "pool", "spearman", "pearson", "used", "total", "known"});
  BarPlot plot;
  plot.title = "Similarity of sentences: cosines and people's scores";
  plot.value_label = "correlation";
  plot.series = {"spearman", "pearson"};
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, vectors.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        for (size_t i = 0; i < files.size(); ++i) {
          for (const PoolOptions& kind : plan.kinds) {
            EMBED_ASSIGN_OR_RETURN(
                const SentenceSimilarityResult result,
                EvaluateSentences(files[i], vectors.vocabulary, rows, weights,
                                  {kind, !FLAGS_keep_common}));
            AddScores(FileCell(arguments[i]), kind, result, suffix, &table,
                      &plot);
          }
        }
        return absl::OkStatus();
      }));
  plot.groups = ByCodec(plan.stored, std::move(plot.groups));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

}  // namespace embed
