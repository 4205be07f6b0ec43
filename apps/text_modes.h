// The modes that learn from text.
#ifndef EMBED_APPS_TEXT_MODES_H_
#define EMBED_APPS_TEXT_MODES_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/mode.h"

namespace embed {

// Words of a corpus.
absl::StatusOr<TrainingInput> LoadWords(const LoadContext& context);

// Items of baskets or sessions, one a line: with --window all as sets.
absl::StatusOr<TrainingInput> LoadBaskets(const LoadContext& context);

// The words, each composed of the n-grams of its strokes.
absl::StatusOr<TrainingInput> LoadStrokeWords(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_TEXT_MODES_H_
