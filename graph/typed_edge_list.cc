#include "graph/typed_edge_list.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/io/input_stream.h"
#include "graph/edge_reader.h"
#include "graph/key_interner.h"
#include "graph/line_cursor.h"
#include "graph/typed_builder.h"
#include "graph/typed_text.h"

namespace embed {
namespace {

// The names of node types or edge types, numbered by first appearance.
class TypeNames {
 public:
  // The number of a name; a new one is added. Each of two columns remembers
  // what it met last, which most often comes again.
  uint16_t Number(absl::string_view name, size_t column) {
    uint16_t& last = last_[column];
    if (last < names_.size() && names_[last] == name) return last;
    const auto found = std::find(names_.begin(), names_.end(), name);
    last = static_cast<uint16_t>(found - names_.begin());
    if (found == names_.end()) names_.emplace_back(name);
    return last;
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  uint16_t last_[2] = {0, 0};
};

// Reads typed edges between nodes numbered by first appearance.
class TypedReader {
 public:
  TypedReader(const GraphFileOptions& options, GraphStats* stats)
      : threads_(options.threads),
        edges_(options.weighted),
        watch_(options.observer),
        stats_(stats) {}

  absl::Status ReadEdges(const std::string& path) {
    const bool weighted = edges_.arcs.weighted();
    return Read(
        path,
        [weighted](absl::string_view text, ParsedTypedEdges* parsed) {
          ParseTypedLines(text, weighted, parsed);
        },
        &stats_->lines);
  }

  absl::Status ReadNodes(const std::string& path) {
    uint64_t lines;
    return Read(path, ParseTypedNodeLines, &lines);
  }

  TypedEdges TakeEdges() {
    edges_.node_type_names = node_types_.names();
    edges_.edge_type_names = edge_types_.names();
    edges_.types_of_node = types_;
    return std::move(edges_);
  }

  uint64_t num_edges() const { return edges_.arcs.size(); }
  // The node that was given this number.
  absl::string_view name(uint32_t node) const {
    return keys_[types_[node]]->key(places_[node]);
  }

 private:
  // Types are few, and a table of pairs of node types must be small.
  static constexpr size_t kMaxNodeTypes = 1000;
  static constexpr size_t kMaxEdgeTypes = 30000;

  template <class Parse>
  absl::Status Read(const std::string& path, const Parse& parse,
                    uint64_t* lines) {
    name_ = InputName(path);
    EMBED_ASSIGN_OR_RETURN(LineBlocks blocks, LineBlocks::Open(path));
    return BlockReader<ParsedTypedEdges>::Read(
        &blocks, name_, threads_, parse,
        [this](const BlockPlace& place, const ParsedTypedEdges& parsed) {
          return TakeBlock(place, parsed);
        },
        lines);
  }

  absl::Status TakeBlock(const BlockPlace& place,
                         const ParsedTypedEdges& parsed) {
    for (const TypedEdge& edge : parsed.edges) {
      const std::string problem = AddEdge(edge);
      if (!problem.empty()) {
        const auto offset =
            static_cast<size_t>(edge.source.data() - place.text.data());
        return LineError(name_, place.LineOf(offset), problem);
      }
    }
    stats_->bytes += place.bytes;
    stats_->ignored_weights += parsed.ignored_weights;
    watch_.Report(stats_->bytes, edges_.arcs.size());
    return absl::OkStatus();
  }

  // Returns what is wrong with the edge; empty: nothing.
  std::string AddEdge(const TypedEdge& edge) {
    Arc arc = {0, 0};
    std::string problem =
        AddNode(edge.source, edge.source_type, 0, &arc.source);
    if (!problem.empty() || edge.target.empty()) return problem;
    problem = AddNode(edge.target, edge.target_type, 1, &arc.target);
    if (!problem.empty()) return problem;
    const size_t known = edge_types_.names().size();
    const uint16_t type = edge_types_.Number(edge.edge_type, 0);
    if (type == known) {
      problem = TypeProblem(edge.edge_type, known, kMaxEdgeTypes, "edge types");
      if (!problem.empty()) return problem;
    }
    edges_.arcs.Append(arc, edge.weight);
    edges_.edge_types.push_back(type);
    return "";
  }

  std::string AddNode(absl::string_view key, absl::string_view type_name,
                      size_t column, uint32_t* node) {
    const size_t known = keys_.size();
    const uint16_t type = node_types_.Number(type_name, column);
    if (type == known) {
      std::string problem =
          TypeProblem(type_name, known, kMaxNodeTypes, "node types");
      if (!problem.empty()) return problem;
      keys_.push_back(std::make_unique<KeyInterner>());
      numbers_.emplace_back();
    }
    uint32_t place;
    if (keys_[type]->Intern({key}, &place) == 0) {
      return NotUtf8Text(KeyProblem(key));
    }
    std::vector<uint32_t>& numbers = numbers_[type];
    if (place == numbers.size()) {
      if (places_.size() == Vocabulary::kMaxSize) {
        return absl::StrCat("more than ", Vocabulary::kMaxSize, " nodes");
      }
      numbers.push_back(static_cast<uint32_t>(places_.size()));
      places_.push_back(place);
      types_.push_back(type);
    }
    *node = numbers[place];
    return "";
  }

  static std::string TypeProblem(absl::string_view name, size_t known,
                                 size_t most, absl::string_view what) {
    const std::string problem = KeyProblem(name);
    if (!problem.empty()) return NotUtf8Text(problem);
    if (known < most) return "";
    return absl::StrCat("more than ", most, " ", what,
                        ": are the fields in the right order?");
  }

  int threads_;
  TypedEdges edges_;
  LoadWatch watch_;
  GraphStats* stats_;
  std::string name_;  // of the file being read
  TypeNames node_types_;
  TypeNames edge_types_;
  std::vector<std::unique_ptr<KeyInterner>> keys_;  // of each node type
  // Of each node type the numbers of its nodes, and the way back: the place of
  // each node among those of its type.
  std::vector<std::vector<uint32_t>> numbers_;
  std::vector<uint32_t> places_;
  std::vector<uint16_t> types_;  // of each node
};

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

absl::StatusOr<Vocabulary> MakeVocabulary(const TypedReader& reader,
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
  EMBED_ASSIGN_OR_RETURN(
      Vocabulary vocabulary,
      Vocabulary::Create(std::move(text), std::move(offsets), built.counts));
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
      MakeVocabulary(reader, *built, loaded.keys_have_types));
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
