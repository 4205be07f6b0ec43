#include "apps/eval_words.h"

#include <gflags/gflags.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "apps/common/result_flags.h"
#include "apps/common/running_flags.h"
#include "apps/common/vectors_flag.h"
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
  ResultPlan result;
};

absl::StatusOr<WordsPlan> ReadWordsPlan(const Arguments& arguments) {
  WordsPlan plan;
  EMBED_ASSIGN_OR_RETURN(plan.vectors, ReadVectorsFlags());
  if (arguments.empty()) return UsageError("an input is needed: FILE ...");
  EMBED_ASSIGN_OR_RETURN(plan.threads, ApplyRunningFlags());
  EMBED_ASSIGN_OR_RETURN(plan.result, ReadResultFlags());
  return plan;
}

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                    : static_cast<double>(part) / static_cast<double>(whole);
}

void AddAnalogyRow(const std::string& file, const AnalogyResult& result,
                   ResultTable* table) {
  table->Add({file, result.category, Share(result.right_add, result.used),
              Share(result.right_mul, result.used),
              static_cast<int64_t>(result.used),
              static_cast<int64_t>(result.total)});
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
                   "embedeval wordsim --model corpus.embed --output_format "
                   "json pairs.tsv pairs.tsv"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 ResultFlagGroup(/*with_plot=*/false), RunningFlagGroup()};
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
  for (size_t i = 0; i < files.size(); ++i) {
    const WordSimilarity similarity(files[i], vectors.vocabulary);
    EMBED_ASSIGN_OR_RETURN(const WordSimilarityResult result,
                           similarity.Evaluate(vectors.view()));
    table.Add({FileCell(arguments[i]), result.spearman, result.pearson,
               static_cast<int64_t>(result.used),
               static_cast<int64_t>(result.total)});
  }
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
                   "30000 questions.txt"};
  info.groups = {VectorsFlagGroup(/*with_normalize=*/false),
                 {"Analogies", {"restrict_vocab"}},
                 ResultFlagGroup(/*with_plot=*/false),
                 RunningFlagGroup()};
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
  for (size_t i = 0; i < files.size(); ++i) {
    EMBED_ASSIGN_OR_RETURN(const std::vector<AnalogyResult> results,
                           EvaluateAnalogies(files[i], vectors.vocabulary,
                                             vectors.view(), options));
    AnalogyResult all;
    all.category = "all";
    for (const AnalogyResult& result : results) {
      AddAnalogyRow(FileCell(arguments[i]), result, &table);
      all.right_add += result.right_add;
      all.right_mul += result.right_mul;
      all.used += result.used;
      all.total += result.total;
    }
    AddAnalogyRow(FileCell(arguments[i]), all, &table);
  }
  return WriteTable(plan.result, table);
}

}  // namespace embed
