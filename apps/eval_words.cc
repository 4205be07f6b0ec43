#include "apps/eval_words.h"

#include <gflags/gflags.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
#include "apps/stored_vectors.h"
#include "embed/base/status_macros.h"
#include "embed/eval/analogy.h"
#include "embed/eval/analogy_file.h"
#include "embed/eval/word_pairs.h"
#include "embed/eval/word_similarity.h"

DEFINE_uint32(restrict_vocab, 0,
              "know only the first so many keys, the commonest; 0: all");

namespace embed {
namespace {

struct WordsPlan {
  VectorsPlan vectors;
  int threads = 1;
  StoredVectorsPlan stored;
  ResultPlan result;
};

absl::StatusOr<WordsPlan> ReadWordsPlan(const Arguments& arguments) {
  WordsPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (arguments.empty()) return UsageError("an input is needed: FILE ...");
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(
      plan.stored, ReadStoredVectorsFlags(/*unit_length=*/true, plan.threads));
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                    : static_cast<double>(part) / static_cast<double>(whole);
}

// With the row "all" at the end.
std::vector<AnalogyResult> WithSum(const std::vector<AnalogyResult>& results) {
  std::vector<AnalogyResult> with_sum = results;
  AnalogyResult all;
  all.category = "all";
  for (const AnalogyResult& result : results) {
    all.right_add += result.right_add;
    all.right_mul += result.right_mul;
    all.used += result.used;
    all.total += result.total;
  }
  with_sum.push_back(all);
  return with_sum;
}

// A row of the table and a group of the plot, with this name.
void AddAnalogies(const std::string& file, const AnalogyResult& result,
                  const std::string& name, ResultTable* table, BarPlot* plot) {
  const double add = Share(result.right_add, result.used);
  const double mul = Share(result.right_mul, result.used);
  table->Add({file, result.category, add, mul,
              static_cast<int64_t>(result.used),
              static_cast<int64_t>(result.total)});
  plot->groups.push_back({name, {{add}, {mul}}});
}

}  // namespace

CommandInfo WordsimTaskInfo() {
  CommandInfo info;
  info.name = "embedeval wordsim";
  info.summary = "similarity of words compared with people's judgements";
  info.synopsis =
      "embedeval wordsim --model FILE [flags] PAIRS ...\n"
      "PAIRS has lines WORD tab WORD tab SCORE. The correlations are of the "
      "scores with\nthe cosines; pairs with a word that has no vector are "
      "left out: see used, total.";
  info.examples = {"embedeval wordsim --model corpus.embed pairs.tsv",
                   "embedeval wordsim --model corpus.embed --codec int8,f32 "
                   "--plot words.svg pairs.tsv pairs.tsv"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 ResultFlagGroup(/*with_plot=*/true), RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunWordsimTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const WordsPlan plan, ReadWordsPlan(arguments));
  std::vector<std::vector<WordPair>> files;
  for (const std::string& path : arguments) {
    EMBED_ASSIGN_OR_RETURN(std::vector<WordPair> pairs, ReadWordPairs(path));
    files.push_back(std::move(pairs));
  }
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  ResultTable table({"file", "spearman", "pearson", "used", "total"});
  BarPlot plot;
  plot.title = "Similarity of words: cosines and people's scores";
  plot.value_label = "correlation";
  plot.series = {"spearman", "pearson"};
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, vectors.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        for (size_t i = 0; i < files.size(); ++i) {
          const WordSimilarity similarity(files[i], vectors.vocabulary);
          EMBED_ASSIGN_OR_RETURN(const WordSimilarityResult result,
                                 similarity.Evaluate(rows));
          const std::string file = FileCell(arguments[i]);
          table.Add({file, result.spearman, result.pearson,
                     static_cast<int64_t>(result.used),
                     static_cast<int64_t>(result.total)});
          plot.groups.push_back({absl::StrCat(file, suffix),
                                 {{result.spearman}, {result.pearson}}});
        }
        return absl::OkStatus();
      }));
  plot.groups = ByCodec(plan.stored, std::move(plot.groups));
  EMBED_RETURN_IF_ERROR(WritePlot(plan.result, plot));
  return WriteTable(plan.result, table);
}

CommandInfo AnalogyTaskInfo() {
  CommandInfo info;
  info.name = "embedeval analogy";
  info.summary = "a is to b as c is to what? by 3CosAdd and 3CosMul";
  info.synopsis =
      "embedeval analogy --model FILE [flags] QUESTIONS ...\n"
      "QUESTIONS is word2vec's questions-words.txt or has lines CATEGORY tab A "
      "tab B tab\nC tab D. The answer is the nearest of all keys but A, B and "
      "C. Shares are of the\nquestions whose words all have vectors: see "
      "used, total.";
  info.examples = {"embedeval analogy --model corpus.embed questions.txt",
                   "embedeval analogy --model corpus.embed --restrict_vocab "
                   "30000 --plot analogies.svg questions.txt"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 {"Analogies", {"restrict_vocab"}},
                 ResultFlagGroup(/*with_plot=*/true),
                 RunningFlagGroup()};
  AddStoredVectorsFlag(&info);
  return info;
}

absl::Status RunAnalogyTask(const Arguments& arguments) {
  EMBED_ASSIGN_OR_RETURN(const WordsPlan plan, ReadWordsPlan(arguments));
  std::vector<std::vector<AnalogyQuestion>> files;
  for (const std::string& path : arguments) {
    EMBED_ASSIGN_OR_RETURN(std::vector<AnalogyQuestion> questions,
                           ReadAnalogies(path));
    files.push_back(std::move(questions));
  }
  EMBED_ASSIGN_OR_RETURN(const KeyedVectors vectors, LoadVectors(plan.vectors));
  AnalogyOptions options;
  options.restrict_vocab = FLAGS_restrict_vocab;
  options.threads = plan.threads;
  ResultTable table(
      {"file", "category", "cos_add", "cos_mul", "used", "total"});
  BarPlot plot;
  plot.title = "Analogies answered";
  plot.value_label = "share of the questions whose words are known";
  plot.series = {"cos_add", "cos_mul"};
  EMBED_RETURN_IF_ERROR(ForEachCodec(
      plan.stored, vectors.view(), &table,
      [&](const MatrixView& rows, const std::string& suffix) -> absl::Status {
        for (size_t i = 0; i < files.size(); ++i) {
          EMBED_ASSIGN_OR_RETURN(
              const std::vector<AnalogyResult> results,
              EvaluateAnalogies(files[i], vectors.vocabulary, rows, options));
          const std::string file = FileCell(arguments[i]);
          const std::string where =
              files.size() > 1 ? absl::StrCat(", ", file) : "";
          for (const AnalogyResult& result : WithSum(results)) {
            AddAnalogies(file, result,
                         absl::StrCat(result.category, where, suffix), &table,
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
