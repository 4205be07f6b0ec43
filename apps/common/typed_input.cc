#include "apps/common/typed_input.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/common/command_line.h"
#include "apps/common/graph_input.h"
#include "apps/common/graph_memory.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<GraphFlags> ReadTypedGraphFlags(absl::string_view mode,
                                               const std::string& input,
                                               int threads,
                                               ProgressStyle progress) {
  EMBED_ASSIGN_OR_RETURN(GraphFlags flags, ReadGraphFlags(input, threads));
  if (flags.edges.format != GraphFormat::kTyped && IsFlagSet("format")) {
    return UsageError(
        absl::StrCat("mode ", mode, " needs the types of a --format hin"));
  }
  flags.edges.format = GraphFormat::kTyped;
  flags.edges.observer = LoadProgressPrinter(progress);
  return flags;
}

absl::StatusOr<TypedGraphInput> LoadTypedGraphInput(
    const GraphFileOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckGraphMemory(options));
  EMBED_ASSIGN_OR_RETURN(LoadedTypedGraph loaded, LoadTypedGraph(options));
  TypedGraphInput input;
  input.notes = TypedGraphNotes(loaded, options);
  input.graph = std::move(loaded.graph);
  input.vocabulary = std::move(loaded.vocabulary);
  return input;
}

std::vector<uint32_t> NodeTypeEnds(const TypedGraph& graph) {
  std::vector<uint32_t> ends;
  for (const TypedGraph::NodeType& type : graph.node_types()) {
    ends.push_back(type.end);
  }
  return ends;
}

}  // namespace embed
