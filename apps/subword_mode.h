// The mode that composes the words of a text of character n-grams.
#ifndef EMBED_APPS_SUBWORD_MODE_H_
#define EMBED_APPS_SUBWORD_MODE_H_

#include "absl/status/statusor.h"
#include "apps/mode.h"

namespace embed {

// Words of a corpus, each the mean of its own row and those of its n-grams.
absl::StatusOr<TrainingInput> LoadSubwords(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_SUBWORD_MODE_H_
