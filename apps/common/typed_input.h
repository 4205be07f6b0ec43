// Loads the typed graph of a mode.
#ifndef EMBED_APPS_COMMON_TYPED_INPUT_H_
#define EMBED_APPS_COMMON_TYPED_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "apps/common/graph_flags.h"
#include "apps/common/progress.h"
#include "graph/typed_edge_list.h"

namespace embed {

// ReadGraphFlags() for a mode that needs types, which other formats lack, with
// progress of this style. UsageError: another --format.
absl::StatusOr<GraphFlags> ReadTypedGraphFlags(absl::string_view mode,
                                               const std::string& input,
                                               int threads,
                                               ProgressStyle progress);

struct TypedGraphInput {
  TypedGraph graph;
  Vocabulary vocabulary;
  std::vector<std::string> notes;
};

// ResourceExhausted: the file is too large for the memory
// (apps/common/graph_memory.h); other errors as LoadTypedGraph()'s.
absl::StatusOr<TypedGraphInput> LoadTypedGraphInput(
    const GraphFileOptions& options);

// Where the nodes of each type end: those of type i are [ends[i - 1], ends[i]).
std::vector<uint32_t> NodeTypeEnds(const TypedGraph& graph);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_TYPED_INPUT_H_
