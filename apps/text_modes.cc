#include "apps/text_modes.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/common/text_flags.h"
#include "embed/base/status_macros.h"
#include "text/corpus_source.h"
#include "text/stroke_table.h"

namespace embed {
namespace {

struct CorpusBacking : public SourceBacking {
  std::unique_ptr<Corpus> corpus;
};

std::vector<std::string> CorpusNotes(const CorpusStats& stats,
                                     const Vocabulary& vocabulary) {
  std::vector<std::string> notes = {absl::StrCat(
      stats.lines, " lines, ", stats.tokens, " tokens, ", stats.distinct_tokens,
      " distinct; ", vocabulary.size(), " words kept, which are ",
      stats.kept_tokens, " of the tokens")};
  if (stats.bad_sequences > 0) {
    notes.push_back(absl::StrCat(
        "warning: ", stats.bad_sequences,
        " bad UTF-8 sequences replaced by U+FFFD (--on_bad_utf8 fail "
        "says where)"));
  }
  if (stats.nul_bytes > 0) {
    notes.push_back(absl::StrCat("warning: ", stats.nul_bytes,
                                 " NUL bytes read as blanks"));
  }
  if (stats.dropped_tokens > 0) {
    notes.push_back(
        absl::StrCat("warning: ", stats.dropped_tokens,
                     " tokens longer than 64 KiB left out; words are separated "
                     "by white space"));
  }
  return notes;
}

std::string CoverageNote(const StrokeCoverage& coverage, uint32_t rows) {
  return absl::StrCat(rows, " stroke n-grams; ", coverage.words_with_ngrams,
                      " of ", coverage.words, " words have some, and ",
                      coverage.characters_with_strokes, " of ",
                      coverage.characters, " characters have strokes");
}

}  // namespace

absl::StatusOr<TrainingInput> LoadWords(const LoadContext& context) {
  EMBED_ASSIGN_OR_RETURN(const TextFlags flags,
                         ReadTextFlags(context.input, context.threads));
  auto backing = std::make_unique<CorpusBacking>();
  EMBED_ASSIGN_OR_RETURN(backing->corpus, Corpus::Open(flags.corpus));
  Corpus* const corpus = backing->corpus.get();
  EMBED_ASSIGN_OR_RETURN(CorpusVocabulary built,
                         BuildVocabulary(corpus, flags.vocabulary));
  TrainingInput result;
  result.vocabulary = std::move(built.vocabulary);
  result.tokens_per_epoch = built.stats.kept_tokens;
  result.notes = CorpusNotes(built.stats, result.vocabulary);
  result.source = std::make_unique<CorpusSource>(corpus, result.vocabulary);
  result.backing = std::move(backing);
  return result;
}

absl::StatusOr<TrainingInput> LoadStrokeWords(const LoadContext& context) {
  // The table first: it is quickly found to be missing.
  EMBED_ASSIGN_OR_RETURN(const StrokeFlags flags,
                         ReadStrokeFlags(context.threads));
  EMBED_ASSIGN_OR_RETURN(const StrokeTable table,
                         StrokeTable::Load(flags.table_path));
  EMBED_ASSIGN_OR_RETURN(TrainingInput result, LoadWords(context));
  EMBED_ASSIGN_OR_RETURN(
      StrokeFeatures features,
      BuildStrokeFeatures(result.vocabulary, table, flags.ngrams));
  result.features = std::move(features.map);
  result.vectors = VectorsFrom::kOutput;
  result.notes.push_back(
      CoverageNote(features.coverage, result.features.num_rows()));
  return result;
}

}  // namespace embed
