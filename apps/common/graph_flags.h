// Flags of the modes that read graphs.
#ifndef EMBED_APPS_COMMON_GRAPH_FLAGS_H_
#define EMBED_APPS_COMMON_GRAPH_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "graph/graph_file.h"

namespace embed {

FlagGroup GraphFlagGroup();

struct GraphFlags {
  GraphFileOptions edges;
};

// The flags' values, validated. UsageError naming flag and value.
absl::StatusOr<GraphFlags> ReadGraphFlags(const std::string& input,
                                          int threads);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_GRAPH_FLAGS_H_
