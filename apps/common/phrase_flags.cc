#include "apps/common/phrase_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/common/available_memory.h"
#include "embed/base/status_macros.h"

DEFINE_string(phrases, "",
              "join the phrases of this file (as --find_phrases writes it, or "
              "lines of two words), new york to new_york; several files with "
              "commas between: one after the other");
DEFINE_string(find_phrases, "",
              "write the phrases of the text to this file, with score and "
              "counts, and train nothing");
DEFINE_string(joined_text, "",
              "write the text with its phrases joined to this file (-: "
              "standard output), those found or those of --phrases, and train "
              "nothing");
DEFINE_double(phrase_threshold, embed::PhraseOptions().threshold,
              "a phrase has a higher score than this: (count of the pair - "
              "--phrase_min_count) * tokens / the product of its words' "
              "counts");
DEFINE_uint64(phrase_min_count, embed::PhraseOptions().min_count,
              "rarer words and pairs make no phrase");

DECLARE_uint64(max_distinct);

namespace embed {

FlagGroup PhraseFlagGroup() {
  return {"Phrases (word2vec, fasttext, cw2vec)",
          {"phrases", "find_phrases", "joined_text", "phrase_threshold",
           "phrase_min_count"}};
}

std::vector<std::string> ReadPhraseLists() {
  return absl::StrSplit(FLAGS_phrases, ',', absl::SkipEmpty());
}

absl::Status CheckNoWordsChosen() {
  if (FLAGS_find_phrases.empty() && FLAGS_joined_text.empty()) {
    return absl::OkStatus();
  }
  for (const char* const flag :
       {"min_count", "max_vocab", "keep", "vocab_in"}) {
    if (!IsFlagSet(flag)) continue;
    return UsageError(absl::StrCat(
        "--", flag,
        " chooses the words of a training, but --find_phrases and "
        "--joined_text keep all; rare words are --phrase_min_count's"));
  }
  return absl::OkStatus();
}

absl::StatusOr<PhrasePassFlags> ReadPhrasePassFlags(bool mode_has_phrases,
                                                    int threads) {
  for (const std::string& flag : PhraseFlagGroup().flags) {
    if (!IsFlagSet(flag)) continue;
    if (!mode_has_phrases) {
      return UsageError(
          absl::StrCat("--", flag,
                       " has a meaning in modes word2vec, fasttext and cw2vec "
                       "only"));
    }
    if (absl::StartsWith(flag, "phrase_") && FLAGS_find_phrases.empty()) {
      return UsageError(
          absl::StrCat("--", flag, " has a meaning with --find_phrases only"));
    }
  }
  PhrasePassFlags flags;
  flags.find_path = FLAGS_find_phrases;
  flags.text_path = FLAGS_joined_text;
  if (flags.find_path == "-") {
    return UsageError("--find_phrases: expected the name of a file, not -");
  }
  if (flags.wanted() && flags.find_path == flags.text_path) {
    return UsageError(
        absl::StrCat("--joined_text: ", flags.text_path,
                     " is the file of --find_phrases; choose another name"));
  }
  for (const char* const flag : {"vocab_out", "strokes_report", "export"}) {
    if (!flags.wanted() || !IsFlagSet(flag)) continue;
    return UsageError(absl::StrCat(
        "--", flag,
        " does not go with --find_phrases or --joined_text, which train "
        "nothing; give it to the training"));
  }
  if (flags.find_path.empty() && !flags.text_path.empty() &&
      ReadPhraseLists().empty()) {
    return UsageError(
        "--joined_text: no phrases to join; give --phrases or --find_phrases");
  }
  flags.options.min_count = FLAGS_phrase_min_count;
  flags.options.threshold = FLAGS_phrase_threshold;
  flags.options.max_distinct = FLAGS_max_distinct;
  flags.options.max_bytes = AvailableMemory();
  flags.options.threads = threads;
  EMBED_RETURN_IF_ERROR(AsUsageError(flags.options.Validate()));
  return flags;
}

}  // namespace embed
