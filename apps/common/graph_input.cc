#include "apps/common/graph_input.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "apps/common/available_memory.h"
#include "apps/common/graph_memory.h"
#include "apps/common/human_format.h"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/io/input_stream.h"

namespace embed {
namespace {

std::string SizeNote(uint32_t nodes, const GraphStats& stats,
                     const GraphFileOptions& options) {
  return absl::StrCat(nodes, " nodes, ", stats.edges,
                      options.directed ? " directed" : " undirected",
                      options.weighted ? " weighted" : "", " edges, of them ",
                      stats.self_loops, " self-loops; ", stats.isolated,
                      " nodes without edges");
}

// What was joined or left out.
void AddStatsNotes(const GraphStats& stats, const GraphFileOptions& options,
                   std::vector<std::string>* notes) {
  if (stats.duplicates > 0) {
    notes->push_back(absl::StrCat(stats.duplicates,
                                  " edges repeat another and were joined to it",
                                  options.weighted ? ", weights added" : ""));
  }
  if (stats.ignored_weights > 0) {
    notes->push_back(absl::StrCat(
        "warning: ", stats.ignored_weights,
        " edges have a weight, which is not read without --weighted",
        stats.ignored_texts == 0 ? ""
                                 : absl::StrCat("; of ", stats.ignored_texts,
                                                " of them it is no number")));
  }
  if (stats.long_lines > 0) {
    notes->push_back(absl::StrCat(
        "warning: ", stats.long_lines, " lines have more than 3 fields, of ",
        "which ", options.weighted ? 3 : 2, " are read; an adjacency list ",
        "needs --format adjlist, a typed one --format hin"));
  }
  if (options.format == GraphFormat::kEdgeList && stats.edges > 1 &&
      !stats.lone_first_edge.empty() &&
      !absl::ascii_isdigit(
          static_cast<unsigned char>(stats.lone_first_edge.front()))) {
    notes->push_back(absl::StrCat(
        "warning: no other edge touches the nodes of the first one, ",
        Quoted(stats.lone_first_edge),
        ": if it is a heading, put '#' before that line"));
  }
  if (stats.ignored_directions > 0) {
    notes->push_back(absl::StrCat("warning: ", stats.ignored_directions,
                                  " edges are directed, which is not read "
                                  "without --directed"));
  }
}

}  // namespace

std::string LoadProgressText(const LoadProgress& progress) {
  return absl::StrCat("reading: ", FormatBytes(progress.bytes), ", ",
                      FormatCount(static_cast<double>(progress.edges)),
                      " edges, ", FormatSeconds(progress.seconds));
}

std::string LoadProgressJson(const LoadProgress& progress) {
  nlohmann::ordered_json json;
  json["read_bytes"] = progress.bytes;
  json["read_edges"] = progress.edges;
  json["seconds"] = progress.seconds;
  return json.dump();
}

LoadObserver LoadProgressPrinter(ProgressStyle style) {
  if (style == ProgressStyle::kNone) return nullptr;
  return [style](const LoadProgress& progress) {
    const std::string line = style == ProgressStyle::kJson
                                 ? LoadProgressJson(progress)
                                 : LoadProgressText(progress);
    std::fprintf(stderr, "%s\n", line.c_str());
  };
}

std::string LoadSpeedNote(const GraphStats& stats, uint64_t graph_bytes,
                          uint64_t arcs) {
  const double arc_bytes = static_cast<double>(graph_bytes) /
                           static_cast<double>(arcs == 0 ? 1 : arcs);
  return absl::StrFormat(
      "%s parsed at %.2f GB/s, graph built in %s; it takes %s, %.1f bytes an "
      "arc (memory at most so far: %s)",
      FormatBytes(stats.bytes),
      static_cast<double>(stats.bytes) / 1e9 /
          (stats.parse_seconds > 0 ? stats.parse_seconds : 1e-9),
      FormatSeconds(stats.build_seconds), FormatBytes(graph_bytes), arc_bytes,
      FormatBytes(PeakMemory()));
}

std::vector<std::string> GraphNotes(const LoadedGraph& loaded,
                                    const GraphFileOptions& options) {
  const GraphStats& stats = loaded.stats;
  std::vector<std::string> notes = {
      SizeNote(loaded.graph.num_nodes(), stats, options)};
  AddStatsNotes(stats, options, &notes);
  notes.push_back(LoadSpeedNote(stats, loaded.graph.memory_bytes(),
                                loaded.graph.num_arcs()));
  return notes;
}

std::vector<std::string> TypedGraphNotes(const LoadedTypedGraph& loaded,
                                         const GraphFileOptions& options) {
  const TypedGraph& graph = loaded.graph;
  std::vector<std::string> nodes;
  for (const TypedGraph::NodeType& type : graph.node_types()) {
    nodes.push_back(absl::StrCat(type.end - type.begin, " ", type.name));
  }
  std::vector<std::string> edges;
  for (const TypedGraph::EdgeType& type : graph.edge_types()) {
    edges.push_back(type.name);
  }
  std::vector<std::string> notes = {
      SizeNote(graph.graph().num_nodes(), loaded.stats, options),
      absl::StrCat("node types: ", absl::StrJoin(nodes, ", ")),
      absl::StrCat("edge types: ", absl::StrJoin(edges, ", "))};
  if (loaded.keys_have_types) {
    notes.emplace_back(
        "some nodes of different types have the same name: keys are "
        "type:name");
  }
  AddStatsNotes(loaded.stats, options, &notes);
  notes.push_back(LoadSpeedNote(loaded.stats, graph.memory_bytes(),
                                graph.graph().num_arcs()));
  return notes;
}

namespace {

absl::Status TakePlainGraph(const GraphFileOptions& options,
                            LoadedTypedGraph* loaded, GraphInput* input) {
  const uint64_t arcs = loaded->graph.graph().num_arcs();
  EMBED_ASSIGN_OR_RETURN(input->graph,
                         WithPrefix(InputName(options.path),
                                    std::move(loaded->graph).TakeGraph()));
  const uint64_t joined = arcs - input->graph.num_arcs();
  if (joined == 0) return absl::OkStatus();
  input->notes.push_back(absl::StrCat(
      joined, " of ", arcs,
      " arcs lead where one of another type leads and were joined to it",
      options.weighted ? ", weights added" : "", ": this mode knows no types"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GraphInput> LoadGraphInput(const GraphFileOptions& options) {
  EMBED_RETURN_IF_ERROR(CheckGraphMemory(options));
  GraphInput input;
  if (options.format == GraphFormat::kTyped) {
    EMBED_ASSIGN_OR_RETURN(LoadedTypedGraph loaded, LoadTypedGraph(options));
    input.notes = TypedGraphNotes(loaded, options);
    EMBED_RETURN_IF_ERROR(TakePlainGraph(options, &loaded, &input));
    input.vocabulary = std::move(loaded.vocabulary);
    return input;
  }
  EMBED_ASSIGN_OR_RETURN(LoadedGraph loaded, LoadGraph(options));
  input.notes = GraphNotes(loaded, options);
  input.graph = std::move(loaded.graph);
  input.vocabulary = std::move(loaded.vocabulary);
  return input;
}

}  // namespace embed
