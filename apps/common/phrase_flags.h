// Flags of phrases: pairs of words that are joined to one.
#ifndef EMBED_APPS_COMMON_PHRASE_FLAGS_H_
#define EMBED_APPS_COMMON_PHRASE_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "text/phrases.h"

namespace embed {

FlagGroup PhraseFlagGroup();

// A pass over the text that trains nothing.
struct PhrasePassFlags {
  std::string find_path;  // write the phrases found here; empty: find none
  std::string text_path;  // write the joined text here; empty: do not
  PhraseOptions options;

  bool wanted() const { return !find_path.empty() || !text_path.empty(); }
};

// The lists of phrases to join, in the order to apply them.
std::vector<std::string> ReadPhraseLists();

// UsageError: a pass that trains nothing, and a flag that chooses the words of
// a training. Before the modes' defaults are set, which include such flags.
absl::Status CheckNoWordsChosen();

// The flags' values, validated. UsageError naming flag and value, or for a flag
// that was set in a mode without phrases.
absl::StatusOr<PhrasePassFlags> ReadPhrasePassFlags(bool mode_has_phrases,
                                                    int threads);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_PHRASE_FLAGS_H_
