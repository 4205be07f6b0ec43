#include "graph/graph_file.h"

#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "graph/edge_reader.h"
#include "graph/graph_assembly.h"
#include "graph/graphml.h"
#include "graph/numbered_edges.h"

namespace embed {
namespace {

GraphFormat FormatOfPath(absl::string_view path) {
  absl::ConsumeSuffix(&path, ".gz") || absl::ConsumeSuffix(&path, ".zst");
  if (absl::EndsWithIgnoreCase(path, ".graphml")) return GraphFormat::kGraphMl;
  if (absl::EndsWithIgnoreCase(path, ".adjlist")) {
    return GraphFormat::kAdjacencyList;
  }
  return GraphFormat::kEdgeList;
}

absl::Status ReadEdges(const GraphFileOptions& options, EdgeReader* reader,
                       NumberedEdges* edges) {
  switch (options.format) {
    case GraphFormat::kEdgeList:
      return reader->ReadEdgeList(options.path);
    case GraphFormat::kAdjacencyList:
      if (options.weighted) {
        return absl::InvalidArgumentError(
            absl::StrCat(InputName(options.path),
                         ": an adjacency list has no weights; read it as "
                         "unweighted, or write an edge list"));
      }
      return reader->ReadAdjacencyList(options.path);
    case GraphFormat::kGraphMl:
      return ReadGraphMl(options.path, options.directed, edges);
    case GraphFormat::kTyped:
      break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(InputName(options.path),
                   ": a typed edge list is not read as a plain graph"));
}

}  // namespace

absl::StatusOr<GraphFormat> GraphFormatFromName(absl::string_view name,
                                                absl::string_view path) {
  if (name == "auto") return FormatOfPath(path);
  if (name == "edgelist") return GraphFormat::kEdgeList;
  if (name == "adjlist") return GraphFormat::kAdjacencyList;
  if (name == "graphml") return GraphFormat::kGraphMl;
  if (name == "hin") return GraphFormat::kTyped;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name,
                   "\" is none of the formats auto, edgelist, adjlist, "
                   "graphml, hin"));
}

absl::StatusOr<LoadedGraph> LoadGraph(const GraphFileOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  NumberedEdges edges(options.weighted);
  EdgeReader reader(options.threads, options.observer, &edges);
  EMBED_RETURN_IF_ERROR(ReadEdges(options, &reader, &edges));
  if (!options.node_list_path.empty()) {
    EMBED_RETURN_IF_ERROR(reader.ReadNodeList(options.node_list_path));
  }
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - begin;
  edges.stats.parse_seconds = elapsed.count();
  return AssembleGraph(std::move(edges), options.directed, options.threads,
                       InputName(options.path));
}

}  // namespace embed
