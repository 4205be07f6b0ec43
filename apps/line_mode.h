// Mode line: nodes of a graph from its edges.
#ifndef EMBED_APPS_LINE_MODE_H_
#define EMBED_APPS_LINE_MODE_H_

#include "absl/status/statusor.h"
#include "apps/mode.h"

namespace embed {

// Edges of a graph, drawn at random, for LINE (embed/train/line.h).
absl::StatusOr<TrainingInput> LoadLine(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_LINE_MODE_H_
