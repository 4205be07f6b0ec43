// The modes that learn from graphs.
#ifndef EMBED_APPS_GRAPH_MODES_H_
#define EMBED_APPS_GRAPH_MODES_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/mode.h"

namespace embed {

// Random walks over an edge list: uniform, or by weight with --weighted.
absl::StatusOr<TrainingInput> LoadWalks(const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_GRAPH_MODES_H_
