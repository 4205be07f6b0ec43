#include "graph/typed_edge_list.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "graph/edge_reader.h"
#include "graph/key_interner.h"
#include "graph/typed_builder.h"
#include "graph/typed_reader.h"

namespace embed {
namespace {

// True if two of the nodes have the same name.
bool HasEqualNames(const TypedReader& reader, size_t nodes) {
  KeyInterner names;
  for (uint32_t node = 0; node < nodes; ++node) {
    const absl::string_view name = reader.name(node);
    uint32_t id;
    names.Intern({name}, &id);
    if (names.size() != node + 1) return true;
  }
  return false;
}

absl::StatusOr<Vocabulary> MakeVocabulary(const std::string& name,
                                          const TypedReader& reader,
                                          const BuiltTypedGraph& built,
                                          bool with_types) {
  std::string text;
  std::vector<uint64_t> offsets = {0};
  const TypedGraph& graph = built.graph;
  for (uint32_t i = 0; i < built.order.size(); ++i) {
    if (with_types) {
      const uint16_t type = graph.TypeOfNode(i);
      absl::StrAppend(&text, graph.node_types()[type].name, ":");
    }
    absl::StrAppend(&text, reader.name(built.order[i]));
    offsets.push_back(text.size());
  }
  auto created =
      Vocabulary::Create(std::move(text), std::move(offsets), built.counts);
  if (!created.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": ", created.status().message(),
        with_types ? ": nodes of different types have the same name, so keys "
                     "are type:name, which must differ, too"
                   : ""));
  }
  Vocabulary vocabulary = std::move(*created);
  std::vector<std::string> names;
  for (const TypedGraph::NodeType& type : graph.node_types()) {
    names.push_back(type.name);
  }
  const uint16_t* const types = graph.types_of_nodes();
  EMBED_RETURN_IF_ERROR(vocabulary.SetTypes(
      std::move(names), {types, types + built.order.size()}));
  return vocabulary;
}

}  // namespace

absl::StatusOr<LoadedTypedGraph> LoadTypedGraph(
    const GraphFileOptions& options) {
  LoadedTypedGraph loaded;
  GraphStats& stats = loaded.stats;
  const std::string name = InputName(options.path);
  TypedReader reader(options, &stats);
  const LoadWatch watch(nullptr);
  EMBED_RETURN_IF_ERROR(reader.ReadEdges(options.path));
  if (!options.node_list_path.empty()) {
    EMBED_RETURN_IF_ERROR(reader.ReadNodes(options.node_list_path));
  }
  stats.parse_seconds = watch.seconds();
  const uint64_t given = reader.num_edges();
  if (given == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": no edge: nothing to learn from"));
  }
  auto built =
      BuildTypedGraph(reader.TakeEdges(), options.directed, options.threads);
  if (!built.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", built.status().message()));
  }
  loaded.keys_have_types = HasEqualNames(reader, built->order.size());
  EMBED_ASSIGN_OR_RETURN(
      loaded.vocabulary,
      MakeVocabulary(name, reader, *built, loaded.keys_have_types));
  stats.edges = built->edges;
  stats.duplicates = given - built->different;
  stats.self_loops = built->self_loops;
  stats.isolated = static_cast<uint64_t>(
      std::count(built->counts.begin(), built->counts.end(), 0));
  loaded.graph = std::move(built->graph);
  stats.build_seconds = watch.seconds() - stats.parse_seconds;
  return loaded;
}

}  // namespace embed
