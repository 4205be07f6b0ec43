// The modes that learn from text.
#ifndef EMBED_APPS_TEXT_MODES_H_
#define EMBED_APPS_TEXT_MODES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/text_flags.h"
#include "apps/mode.h"
#include "text/corpus.h"
#include "text/counting_pass.h"

namespace embed {

// The text as the flags say, with its filters; `sets`: each line as a set.
// Sets *phrases, if not null, to a hash of the lists of phrases, in their order
// (empty: there are none). Errors: those of Corpus::Open() and of reading the
// lists of phrases.
absl::StatusOr<std::unique_ptr<Corpus>> OpenCorpus(
    const TextFlags& flags, bool sets, std::string* phrases = nullptr);

// What a reading of text tolerated, a line each.
std::vector<std::string> TextWarnings(const CorpusStats& stats);

// Words of a corpus.
absl::StatusOr<TrainingInput> LoadWords(const LoadContext& context);

// Items of baskets or sessions, one a line: with --window all as sets.
absl::StatusOr<TrainingInput> LoadBaskets(const LoadContext& context);

// The words, each composed of the n-grams of its strokes.
absl::StatusOr<TrainingInput> LoadStrokeWords(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_TEXT_MODES_H_
