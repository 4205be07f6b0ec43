#include "apps/common/text_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

DEFINE_uint64(min_count, 0, "words that occur less often are left out");
DEFINE_string(on_bad_utf8, "replace",
              "replace: bad UTF-8 becomes U+FFFD and is counted; fail: it ends "
              "the run with its place");

DEFINE_string(strokes, "",
              "stroke table: character, TAB, code in hspnz or 12345; default: "
              "that of Debian's package rime-data-stroke");
DEFINE_int32(stroke_min, 0, "shortest stroke n-gram");
DEFINE_int32(stroke_max, 0, "longest stroke n-gram");
DEFINE_string(compose, "",
              "a word's vector is the sum or the mean of its n-grams' vectors");

namespace embed {

FlagGroup TextFlagGroup() {
  return {"Text (word2vec, cw2vec)", {"min_count", "on_bad_utf8"}};
}

FlagGroup StrokeFlagGroup() {
  return {"Strokes (cw2vec)",
          {"strokes", "stroke_min", "stroke_max", "compose"}};
}

absl::StatusOr<TextFlags> ReadTextFlags(const std::string& input, int threads) {
  TextFlags flags;
  flags.corpus.path = input;
  if (FLAGS_on_bad_utf8 == "fail") {
    flags.corpus.on_bad_utf8 = OnBadUtf8::kFail;
  } else if (FLAGS_on_bad_utf8 != "replace") {
    return UsageError(absl::StrCat("--on_bad_utf8: \"", FLAGS_on_bad_utf8,
                                   "\" is neither replace nor fail"));
  }
  flags.vocabulary.min_count = FLAGS_min_count;
  flags.vocabulary.threads = threads;
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.vocabulary.Validate()));
  return flags;
}

absl::StatusOr<StrokeFlags> ReadStrokeFlags(int threads) {
  StrokeFlags flags;
  flags.table_path = FLAGS_strokes;
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
