#include "apps/text_modes.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "apps/common/output_file.h"
#include "embed/base/hash.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/atomic_file.h"
#include "text/corpus_source.h"
#include "text/kept_source.h"
#include "text/phrase_file.h"
#include "text/phrase_filter.h"
#include "text/stroke_table.h"
#include "text/text_filter.h"
#include "text/vocabulary_file.h"

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
  if (stats.max_count_error > 0) {
    notes.push_back(absl::StrCat(
        "warning: rare words were forgotten while counting (--max_distinct): "
        "counts are up to ",
        stats.max_count_error,
        " too low, and as many more occurrences than --min_count are needed "
        "to be kept for sure"));
  }
  for (std::string& warning : TextWarnings(stats)) {
    notes.push_back(std::move(warning));
  }
  return notes;
}

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0
             ? 0.0
             : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string CoverageNote(const StrokeCoverage& coverage, uint32_t rows) {
  std::string ngrams =
      absl::StrCat(rows - coverage.latin_ngrams, " stroke n-grams");
  if (coverage.latin_ngrams > 0) {
    absl::StrAppend(&ngrams, " and ", coverage.latin_ngrams, " of characters");
  }
  std::string orders;
  if (coverage.characters_with_other_orders > 0) {
    orders = absl::StrCat(", ", coverage.characters_with_other_orders,
                          " of them in several orders");
  }
  return absl::StrFormat(
      "%s; %d of %d words have some (%.1f %% of the tokens), "
      "and %d of %d characters have strokes (%.1f %%)%s",
      ngrams, coverage.words_with_ngrams, coverage.words,
      Percent(coverage.tokens_with_ngrams, coverage.tokens),
      coverage.characters_with_strokes, coverage.characters,
      Percent(coverage.characters_with_strokes, coverage.characters), orders);
}

// Lines CHARACTER TAB COUNT.
absl::Status WriteStrokesReport(const std::string& path,
                                const std::vector<CharacterCount>& missing) {
  EMBED_ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                         AtomicFile::Create(path));
  std::string text;
  for (const CharacterCount& character : missing) {
    AppendUtf8(character.code_point, &text);
    absl::StrAppend(&text, "\t", character.count, "\n");
  }
  EMBED_RETURN_IF_ERROR(file->Write(MarkBefore(text)));
  EMBED_RETURN_IF_ERROR(file->Write(text));
  return file->Commit();
}

std::vector<std::string> PathsOf(const LoadContext& context) {
  std::vector<std::string> paths = {context.input};
  paths.insert(paths.end(), context.more_inputs.begin(),
               context.more_inputs.end());
  return paths;
}

// Before any work: the file can be written and is none of those to read.
absl::Status CheckOutput(const std::string& flag, const std::string& path,
                         const TextFlags& flags, const std::string& table) {
  if (path.empty()) return absl::OkStatus();
  std::vector<std::string> inputs = flags.corpus.paths;
  inputs.insert(inputs.end(), flags.phrase_lists.begin(),
                flags.phrase_lists.end());
  inputs.insert(inputs.end(), {flags.keep_path, flags.vocab_in, table});
  return CheckOutputFile(flag, path, inputs);
}

// The vocabulary that --vocab_in names; the text is not read.
absl::Status TakeVocabulary(const TextFlags& flags,
                            const VocabularyOptions& options,
                            TrainingInput* result) {
  EMBED_ASSIGN_OR_RETURN(std::vector<WordCount> words,
                         ReadVocabularyFile(flags.vocab_in));
  const size_t listed = words.size();
  EMBED_ASSIGN_OR_RETURN(result->vocabulary,
                         SelectWords(std::move(words), options));
  if (result->vocabulary.size() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        flags.vocab_in, ": no word has the count min_count=", options.min_count,
        " or more; lower --min_count"));
  }
  result->notes.push_back(absl::StrCat(
      result->vocabulary.size(), " of the ", listed, " words of ",
      flags.vocab_in, " kept, counted ", result->vocabulary.total_count(),
      " times there; the text was not counted"));
  return absl::OkStatus();
}

// What of --keep the input lacks; empty if nothing.
std::string AbsentNote(const std::string& path,
                       const std::vector<std::string>& keep,
                       const Vocabulary& vocabulary) {
  std::string first;
  uint64_t absent = 0;
  for (const std::string& word : keep) {
    if (vocabulary.Find(word) != Vocabulary::kNotFound) continue;
    if (absent++ == 0) first = word;
  }
  if (absent == 0) return "";
  return absl::StrCat("warning: ", absent, " of the ", keep.size(),
                      " words of ", path, " do not occur, the first is ",
                      Quoted(first));
}

absl::Status CountVocabulary(Corpus* corpus, const VocabularyOptions& options,
                             TrainingInput* result) {
  EMBED_ASSIGN_OR_RETURN(CorpusVocabulary built,
                         BuildVocabulary(corpus, options));
  result->vocabulary = std::move(built.vocabulary);
  result->notes = CorpusNotes(built.stats, result->vocabulary);
  result->sequences_of = std::move(built.stats.lines_of);
  return absl::OkStatus();
}

std::unique_ptr<SequenceSource> MakeSource(const TrainingFlags& training,
                                           Corpus* corpus,
                                           const Vocabulary& vocabulary,
                                           bool baskets) {
  // Large baskets are dealt anew in every epoch.
  if (baskets) {
    return CorpusSource::OfBaskets(corpus, vocabulary, training.seed);
  }
  auto sentences = std::make_unique<CorpusSource>(corpus, vocabulary);
  if (training.trainer.epochs == 1) return sentences;
  return std::make_unique<KeptSource>(std::move(sentences));
}

absl::StatusOr<TrainingInput> Load(const LoadContext& context, bool baskets) {
  EMBED_ASSIGN_OR_RETURN(const TextFlags flags,
                         ReadTextFlags(PathsOf(context), context.threads));
  EMBED_RETURN_IF_ERROR(
      CheckOutput("--vocab_out", flags.vocab_out, flags, /*table=*/""));
  VocabularyOptions options = flags.vocabulary;
  if (!flags.keep_path.empty()) {
    EMBED_ASSIGN_OR_RETURN(options.keep, ReadWordList(flags.keep_path));
  }
  auto backing = std::make_unique<CorpusBacking>();
  TrainingInput result;
  EMBED_ASSIGN_OR_RETURN(backing->corpus,
                         OpenCorpus(flags, baskets, &result.phrases));
  Corpus* const corpus = backing->corpus.get();
  EMBED_RETURN_IF_ERROR(flags.vocab_in.empty()
                            ? CountVocabulary(corpus, options, &result)
                            : TakeVocabulary(flags, options, &result));
  std::string absent =
      AbsentNote(flags.keep_path, options.keep, result.vocabulary);
  if (!absent.empty()) result.notes.push_back(std::move(absent));
  if (!flags.vocab_out.empty()) {
    EMBED_RETURN_IF_ERROR(
        WriteVocabularyFile(result.vocabulary, flags.vocab_out));
    result.notes.push_back("wrote the vocabulary to " + flags.vocab_out);
  }
  if (!flags.phrase_lists.empty()) {
    result.notes.push_back(absl::StrCat(
        "joined the phrases of ", absl::StrJoin(flags.phrase_lists, ", ")));
  }
  result.tokens_per_epoch = result.vocabulary.total_count();
  // A window of 5 has few contexts in each part: groups of centers that lie
  // apart. With wide ones a negative would move from hundreds of pairs at once.
  constexpr int kWidestSpread = 10;
  if (!baskets && context.training->windows.window <= kWidestSpread) {
    result.group_by = PairGrouping::kSpread;
  }
  result.source =
      MakeSource(*context.training, corpus, result.vocabulary, baskets);
  result.backing = std::move(backing);
  return result;
}

}  // namespace

std::vector<std::string> TextWarnings(const CorpusStats& stats) {
  std::vector<std::string> notes;
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

absl::StatusOr<std::unique_ptr<Corpus>> OpenCorpus(const TextFlags& flags,
                                                   bool sets,
                                                   std::string* phrases) {
  // The lists first: they may be missing.
  std::vector<std::unique_ptr<TextFilter>> lists;
  std::string text;
  for (const std::string& path : flags.phrase_lists) {
    EMBED_ASSIGN_OR_RETURN(const auto pairs, ReadPhraseFile(path));
    lists.push_back(NewPhraseFilter(pairs));
    for (const auto& [first, second] : pairs) {
      absl::StrAppend(&text, first, " ", second, "\n");
    }
    text += '\n';  // ends the list
  }
  if (phrases != nullptr && !lists.empty()) {
    *phrases = absl::StrCat(absl::Hex(Hash64(text), absl::kZeroPad16));
  }
  EMBED_ASSIGN_OR_RETURN(std::unique_ptr<Corpus> corpus,
                         Corpus::Open(flags.corpus));
  if (flags.lowercase) corpus->AddFilter(NewLowercaseFilter());
  if (flags.characters) corpus->AddFilter(NewCharacterFilter());
  for (auto& filter : lists) corpus->AddFilter(std::move(filter));
  if (sets) corpus->AddFilter(NewSetFilter());
  return corpus;
}

absl::StatusOr<TrainingInput> LoadWords(const LoadContext& context) {
  return Load(context, /*baskets=*/false);
}

absl::StatusOr<TrainingInput> LoadBaskets(const LoadContext& context) {
  return Load(context, context.training->windows.fixed_window);
}

absl::StatusOr<TrainingInput> LoadStrokeWords(const LoadContext& context) {
  // The table first: it is quickly found to be missing.
  EMBED_ASSIGN_OR_RETURN(const StrokeFlags flags,
                         ReadStrokeFlags(context.threads));
  EMBED_ASSIGN_OR_RETURN(const TextFlags text,
                         ReadTextFlags(PathsOf(context), context.threads));
  EMBED_RETURN_IF_ERROR(CheckOutput("--strokes_report", flags.report_path, text,
                                    flags.table_path));
  EMBED_RETURN_IF_ERROR(
      CheckOutput("--vocab_out", text.vocab_out, text, flags.table_path));
  EMBED_ASSIGN_OR_RETURN(const StrokeTable table,
                         StrokeTable::Load(flags.table_path, flags.orders));
  EMBED_ASSIGN_OR_RETURN(TrainingInput result, LoadWords(context));
  EMBED_ASSIGN_OR_RETURN(
      StrokeFeatures features,
      BuildStrokeFeatures(result.vocabulary, table, flags.ngrams));
  result.features = std::move(features.map);
  result.feature_source = table.Text();
  result.vectors = flags.vectors;
  if (!flags.report_path.empty()) {
    EMBED_RETURN_IF_ERROR(WriteStrokesReport(
        flags.report_path, CharactersWithoutStrokes(result.vocabulary, table)));
    result.notes.push_back("wrote " + flags.report_path);
  }
  result.notes.push_back(
      CoverageNote(features.coverage, result.features.num_rows()));
  return result;
}

}  // namespace embed
