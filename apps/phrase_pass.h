// Finds the phrases of a text, and writes it with them joined.
#ifndef EMBED_APPS_PHRASE_PASS_H_
#define EMBED_APPS_PHRASE_PASS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/phrase_flags.h"
#include "apps/common/text_flags.h"

namespace embed {

// Does what `flags` wants with the text of `text`, which its filters have
// changed: lower case, phrases that were found before. Returns what there is to
// say of it, a line each. Errors: those of reading and writing; UsageError: an
// output is an input as well.
absl::StatusOr<std::vector<std::string>> RunPhrasePass(
    const TextFlags& text, const PhrasePassFlags& flags);

}  // namespace embed

#endif  // EMBED_APPS_PHRASE_PASS_H_
