// Loads the graph of a mode and tells the user about it.
#ifndef EMBED_APPS_COMMON_GRAPH_INPUT_H_
#define EMBED_APPS_COMMON_GRAPH_INPUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "apps/common/progress.h"
#include "graph/graph_file.h"
#include "graph/typed_edge_list.h"

namespace embed {

// "reading: 312 MiB, 22.4 M edges, 0:03"
std::string LoadProgressText(const LoadProgress& progress);

// {"read_bytes": ..., "read_edges": ..., "seconds": ...}
std::string LoadProgressJson(const LoadProgress& progress);

// An observer that prints each report as a line on stderr.
LoadObserver LoadProgressPrinter(ProgressStyle style);

// A graph without types.
struct GraphInput {
  Graph graph;
  Vocabulary vocabulary;
  std::vector<std::string> notes;
};

// Loads a graph of any format; in a typed one edges of several types between
// two nodes become one, weights summed. ResourceExhausted: the file is too
// large for the memory (apps/common/graph_memory.h); other errors as
// LoadGraph()'s.
absl::StatusOr<GraphInput> LoadGraphInput(const GraphFileOptions& options);

// What was found in the file, what was left out of it, how fast it was read
// and what it takes: a line each.
std::vector<std::string> GraphNotes(const LoadedGraph& loaded,
                                    const GraphFileOptions& options);

std::vector<std::string> TypedGraphNotes(const LoadedTypedGraph& loaded,
                                         const GraphFileOptions& options);

// How fast, and how much memory the graph of so many arcs takes:
// "106 MiB parsed at 0.31 GB/s, graph built in 0:01; it takes ..."
std::string LoadSpeedNote(const GraphStats& stats, uint64_t graph_bytes,
                          uint64_t arcs);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_GRAPH_INPUT_H_
