#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "embed/base/utf8.h"
#include "graph/graph_file.h"
#include "graph/typed_edge_list.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/harnesses.h"

namespace embed {
namespace {

// Keys as the readers promise them: text, all different.
void CheckKeys(const Vocabulary& vocabulary, uint32_t num_nodes) {
  FUZZ_CHECK(vocabulary.size() == num_nodes);
  for (uint32_t id = 0; id < num_nodes; ++id) {
    FUZZ_CHECK(IsValidUtf8(vocabulary.key(id)));
    FUZZ_CHECK(vocabulary.Find(vocabulary.key(id)) == id);
  }
}

// Rows rise, arcs lead to nodes, weights are weights; what is undirected leads
// both ways.
void CheckGraph(const Graph& graph, bool undirected) {
  FUZZ_CHECK(graph.num_nodes() > 0 && graph.num_arcs() > 0);
  uint64_t back = 0;
  for (uint32_t node = 0; node < graph.num_nodes(); ++node) {
    const auto neighbors = graph.Neighbors(node);
    for (size_t i = 0; i < neighbors.size(); ++i) {
      FUZZ_CHECK(neighbors[i] < graph.num_nodes());
      FUZZ_CHECK(i == 0 || neighbors[i - 1] <= neighbors[i]);
      if (graph.weighted()) FUZZ_CHECK(graph.Weights(node)[i] > 0);
      for (const uint32_t next : graph.Neighbors(neighbors[i])) {
        back += next == node ? 1 : 0;
      }
    }
  }
  if (undirected) FUZZ_CHECK(back >= graph.num_arcs());
}

GraphFileOptions OptionsFor(absl::string_view input, const std::string& path,
                            GraphFormat format) {
  const unsigned choice = ChoiceOf(input);
  GraphFileOptions options;
  options.path = path;
  options.format = format;
  options.directed = (choice & 1) != 0;
  options.weighted = (choice & 2) != 0 && format != GraphFormat::kAdjacencyList;
  options.threads = (choice & 12) == 12 ? 3 : 1;
  // A file may list nodes as well as it does edges.
  if ((choice & 48) == 48) options.node_list_path = path;
  return options;
}

void FuzzGraph(absl::string_view input, GraphFormat format) {
  const std::string path = FuzzFile(input, "txt");
  const GraphFileOptions options = OptionsFor(input, path, format);
  const absl::StatusOr<LoadedGraph> loaded = LoadGraph(options);
  if (!loaded.ok()) return CheckRefusal(loaded.status(), path);
  FUZZ_CHECK(loaded->graph.weighted() == options.weighted);
  CheckKeys(loaded->vocabulary, loaded->graph.num_nodes());
  CheckGraph(loaded->graph, !options.directed);
}

}  // namespace

void FuzzEdgeList(absl::string_view input) {
  FuzzGraph(input, GraphFormat::kEdgeList);
}

void FuzzAdjacencyList(absl::string_view input) {
  FuzzGraph(input, GraphFormat::kAdjacencyList);
}

void FuzzGraphMl(absl::string_view input) {
  FuzzGraph(input, GraphFormat::kGraphMl);
}

void FuzzTypedEdgeList(absl::string_view input) {
  const std::string path = FuzzFile(input, "txt");
  const GraphFileOptions options = OptionsFor(input, path, GraphFormat::kTyped);
  const absl::StatusOr<LoadedTypedGraph> loaded = LoadTypedGraph(options);
  if (!loaded.ok()) return CheckRefusal(loaded.status(), path);
  const TypedGraph& typed = loaded->graph;
  CheckKeys(loaded->vocabulary, typed.graph().num_nodes());
  CheckGraph(typed.graph(), !options.directed);
  for (uint32_t node = 0; node < typed.graph().num_nodes(); ++node) {
    const uint16_t type = typed.TypeOfNode(node);
    FUZZ_CHECK(type < typed.node_types().size());
    FUZZ_CHECK(typed.node_types()[type].begin <= node &&
               node < typed.node_types()[type].end);
  }
  for (uint64_t arc = 0; arc < typed.graph().num_arcs(); ++arc) {
    FUZZ_CHECK(typed.TypeOfArc(arc) < typed.edge_types().size());
  }
}

}  // namespace embed
