// What loading a graph takes, told by its file before it is read.
#ifndef EMBED_APPS_COMMON_GRAPH_MEMORY_H_
#define EMBED_APPS_COMMON_GRAPH_MEMORY_H_

#include <cstdint>

#include "absl/status/status.h"
#include "graph/graph_file.h"

namespace embed {

// Bytes that the edges of a plain text take at the peak of loading (see
// graph/graph_builder.h), keys and nodes not counted: estimated from the size
// of the file and the longest mean length of a line at its beginning, middle
// and end. 0 where that tells nothing: compressed input, a pipe, GraphML,
// adjacency lists, a file that cannot be read.
uint64_t EstimateGraphBytes(const GraphFileOptions& options);

// ResourceExhausted, with both numbers: more than AvailableMemory().
absl::Status CheckGraphMemory(const GraphFileOptions& options);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_GRAPH_MEMORY_H_
