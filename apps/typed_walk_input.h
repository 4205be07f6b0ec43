// What the modes that walk on typed networks load alike.
#ifndef EMBED_APPS_TYPED_WALK_INPUT_H_
#define EMBED_APPS_TYPED_WALK_INPUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/mode.h"
#include "graph/typed_graph.h"
#include "graph/walk_options.h"

namespace embed {

struct TypedWalkInput {
  TrainingInput input;  // all but source and method; keeps the network
  const TypedGraph* graph = nullptr;  // lives as long as input.backing
  WalkOptions walks;
};

// Reads the flags of `mode` for networks and walks, and the network. Errors as
// theirs.
absl::StatusOr<TypedWalkInput> LoadTypedWalkInput(const std::string& mode,
                                                  const LoadContext& context);

}  // namespace embed

#endif  // EMBED_APPS_TYPED_WALK_INPUT_H_
