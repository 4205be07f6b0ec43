#include "apps/common/text_flags.h"

#include <gflags/gflags.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/common/available_memory.h"
#include "apps/common/phrase_flags.h"
#include "embed/base/status_macros.h"
#include "text/latin_ngrams.h"

DEFINE_uint64(min_count, 0, "words that occur less often are left out");
DEFINE_uint64(max_vocab, 0,
              "keep at most so many words, the most frequent; 0: all");
DEFINE_string(keep, "",
              "file of words, one a line, that are kept however rare they are");
DEFINE_uint64(max_distinct, embed::VocabularyOptions().max_distinct,
              "words counted at a time; beyond, the rarest are forgotten, and "
              "what counts may be too low by is said");
DEFINE_string(vocab_in, "",
              "take the vocabulary from this file (a word, a blank and its "
              "count a line) instead of counting");
DEFINE_string(vocab_out, "", "write the vocabulary to this file");
DEFINE_bool(lowercase, false, "turn text to lower case (Unicode)");
DEFINE_string(tokens, "words",
              "words: separated by white space; chars: each character, for "
              "Chinese that is not cut into words (runs of Latin letters and "
              "digits stay together)");
DEFINE_string(on_bad_utf8, "replace",
              "replace: bad UTF-8 becomes U+FFFD and is counted; fail: it ends "
              "the run with its place");

DEFINE_string(strokes, "",
              "stroke table: character, TAB, code in hspnz or 12345; default: "
              "that of Debian's package rime-data-stroke");
DEFINE_int32(stroke_min, 0, "shortest stroke n-gram");
DEFINE_int32(stroke_max, 0, "longest stroke n-gram");
DEFINE_bool(strokes_all_orders, false,
            "characters have all the stroke orders that the table lists, not "
            "only the preferred one: a word gets the n-grams of each other "
            "order of each character, too");
DEFINE_bool(latin_ngrams, false,
            "Latin letters and digits in words have character n-grams, of "
            "--ngram_min to --ngram_max (at most 6)");
DEFINE_uint64(min_ngram_count, 1,
              "n-grams that occur less often have no vector; one in a word "
              "counts as often as the word");
DEFINE_string(output_table, "",
              "the vectors of words: context, those they have as contexts; "
              "input, made of their n-grams (zeros for words without); both, "
              "the first plus half of the second, each at length 1 before");
DEFINE_string(strokes_report, "",
              "write the characters that have no strokes here, with their "
              "counts");
DEFINE_string(compose, "",
              "a word's vector is the sum or the mean of its n-grams' vectors");

DECLARE_int32(ngram_min);
DECLARE_int32(ngram_max);

namespace embed {

FlagGroup TextFlagGroup() {
  return {"Text",
          {"min_count", "max_vocab", "keep", "max_distinct", "vocab_in",
           "vocab_out", "lowercase", "tokens", "on_bad_utf8"}};
}

FlagGroup StrokeFlagGroup() {
  return {"Strokes (cw2vec)",
          {"strokes", "strokes_report", "stroke_min", "stroke_max",
           "strokes_all_orders", "latin_ngrams", "min_ngram_count", "compose",
           "output_table"}};
}

absl::StatusOr<TextFlags> ReadTextFlags(std::vector<std::string> inputs,
                                        int threads) {
  TextFlags flags;
  flags.corpus.paths = std::move(inputs);
  flags.lowercase = FLAGS_lowercase;
  flags.characters = FLAGS_tokens == "chars";
  if (!flags.characters && FLAGS_tokens != "words") {
    return UsageError(absl::StrCat("--tokens: \"", FLAGS_tokens,
                                   "\" is neither words nor chars"));
  }
  flags.corpus.split_tokens = flags.characters;
  flags.phrase_lists = ReadPhraseLists();
  flags.keep_path = FLAGS_keep;
  flags.vocab_in = FLAGS_vocab_in;
  flags.vocab_out = FLAGS_vocab_out;
  flags.vocabulary.max_size = FLAGS_max_vocab;
  flags.vocabulary.max_distinct = FLAGS_max_distinct;
  flags.vocabulary.max_bytes = AvailableMemory();
  if (FLAGS_on_bad_utf8 == "fail") {
    flags.corpus.on_bad_utf8 = OnBadUtf8::kFail;
  } else if (FLAGS_on_bad_utf8 != "replace") {
    return UsageError(absl::StrCat("--on_bad_utf8: \"", FLAGS_on_bad_utf8,
                                   "\" is neither replace nor fail"));
  }
  flags.vocabulary.min_count = FLAGS_min_count;
  flags.vocabulary.threads = threads;
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.vocabulary.Validate()));
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.corpus.Validate()));
  return flags;
}

namespace {

absl::StatusOr<VectorsFrom> ReadOutputTable() {
  if (FLAGS_output_table == "context") return VectorsFrom::kOutput;
  if (FLAGS_output_table == "input") return VectorsFrom::kComposed;
  if (FLAGS_output_table == "both") return VectorsFrom::kBoth;
  return UsageError(absl::StrCat("--output_table: \"", FLAGS_output_table,
                                 "\" is none of context, input, both"));
}

}  // namespace

absl::Status CheckStrokesReport(bool has_strokes) {
  return has_strokes || FLAGS_strokes_report.empty()
             ? absl::OkStatus()
             : UsageError("--strokes_report has a meaning in mode cw2vec only");
}

namespace {

absl::Status ReadLatinFlags(StrokeOptions* ngrams) {
  if (FLAGS_latin_ngrams) {
    ngrams->latin_min_n = FLAGS_ngram_min;
    ngrams->latin_max_n = FLAGS_ngram_max;
    if (FLAGS_ngram_max > 0) return absl::OkStatus();
    return UsageError(absl::StrCat("--ngram_max: ", FLAGS_ngram_max,
                                   ", but --latin_ngrams are wanted; expected "
                                   "1 to ",
                                   kMaxLatinN));
  }
  for (const char* const flag : {"ngram_min", "ngram_max"}) {
    if (!IsFlagSet(flag)) continue;
    return UsageError(absl::StrCat(
        "--", flag, " has a meaning in mode cw2vec with --latin_ngrams only"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StrokeFlags> ReadStrokeFlags(int threads) {
  StrokeFlags flags;
  if (FLAGS_strokes_all_orders) flags.orders = StrokeOrders::kAll;
  EMBED_RETURN_IF_ERROR(ReadLatinFlags(&flags.ngrams));
  flags.table_path = FLAGS_strokes;
  flags.report_path = FLAGS_strokes_report;
  EMBED_ASSIGN_OR_RETURN(flags.vectors, ReadOutputTable());
  flags.ngrams.min_ngram_count = FLAGS_min_ngram_count;
  flags.ngrams.min_n = FLAGS_stroke_min;
  flags.ngrams.max_n = FLAGS_stroke_max;
  flags.ngrams.threads = threads;
  if (FLAGS_compose == "mean") {
    flags.ngrams.compose = Compose::kMean;
  } else if (FLAGS_compose != "sum") {
    return UsageError(absl::StrCat("--compose: \"", FLAGS_compose,
                                   "\" is neither sum nor mean"));
  }
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.ngrams.Validate()));
  return flags;
}

}  // namespace embed
