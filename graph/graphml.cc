#include "graph/graphml.h"

#include <cstdint>
#include <exception>
#include <new>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "boost/any.hpp"
#include "boost/graph/graphml.hpp"
#include "boost/property_tree/ptree.hpp"
#include "boost/property_tree/xml_parser.hpp"
#include "embed/base/quoted.h"
#include "embed/base/status_macros.h"
#include "embed/base/status_prefix.h"
#include "embed/io/input_stream.h"
#include "embed/model/vocabulary.h"
#include "graph/line_cursor.h"
#include "graph/xml_depth.h"

namespace embed {
namespace {

using Tree = boost::property_tree::ptree;

absl::Status Error(absl::string_view message) {
  return absl::InvalidArgumentError(message);
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  constexpr size_t kPiece = size_t{1} << 22;
  EMBED_ASSIGN_OR_RETURN(auto stream, InputStream::Open(path));
  std::string text;
  for (size_t read = kPiece; read == kPiece;) {
    const size_t begin = text.size();
    text.resize(begin + kPiece);
    EMBED_ASSIGN_OR_RETURN(read, stream->Read(&text[begin], kPiece));
    text.resize(begin + read);
  }
  return text;
}

// Refuses elements within elements to a depth that would overflow the stack of
// Boost's parser, which calls itself for each.
absl::Status CheckDepth(absl::string_view text) {
  constexpr int kMaxDepth = 500;
  if (!XmlIsDeeperThan(kMaxDepth, text)) return absl::OkStatus();
  return Error(absl::StrCat("elements more than ", kMaxDepth,
                            " deep: this is no GraphML"));
}

absl::optional<std::string> Attribute(const Tree& element, const char* name) {
  const auto value = element.get_optional<std::string>(
      Tree::path_type(absl::StrCat("<xmlattr>/", name), '/'));
  if (!value) return absl::nullopt;
  return *value;
}

// What Boost's reader does not tell of a graph: the ids of its nodes, in the
// order in which the reader makes vertices.
class Outline {
 public:
  explicit Outline(KeyInterner* keys) : keys_(keys) {}

  absl::Status Read(const Tree& document) {
    const auto root = document.get_child_optional("graphml");
    if (!root) return Error("no <graphml>: this is not GraphML");
    const auto graph = root->get_child_optional("graph");
    if (!graph) return Error("no <graph> in the <graphml>");
    if (root->count("graph") > 1) {
      return Error(absl::StrCat(root->count("graph"),
                                " graphs in the <graphml>, expected one; put "
                                "each into a file of its own"));
    }
    graphs_ = {&*graph};
    FindNested(*graph);
    for (const Tree* part : graphs_) EMBED_RETURN_IF_ERROR(ReadNodes(*part));
    for (const Tree* part : graphs_) EMBED_RETURN_IF_ERROR(CheckEdges(*part));
    return absl::OkStatus();
  }

  bool directed() const { return directed_; }

 private:
  // A graph within a graph comes right after it. (One within a node is none of
  // those that Boost's reader finds.)
  void FindNested(const Tree& graph) {
    for (const auto& [name, child] : graph) {
      if (name != "graph") continue;
      graphs_.push_back(&child);
      FindNested(child);
    }
  }

  absl::Status ReadNodes(const Tree& graph) {
    const auto direction = Attribute(graph, "edgedefault");
    if (!direction) {
      return Error(
          "a <graph> without edgedefault=\"directed\" or "
          "\"undirected\"");
    }
    directed_ = *direction == "directed";
    for (const auto& [name, child] : graph) {
      if (name != "node") continue;
      ++nodes_;
      const auto id = Attribute(child, "id");
      if (!id || id->empty()) {
        return Error(absl::StrCat("node ", nodes_, " has no id"));
      }
      EMBED_RETURN_IF_ERROR(AddKey(*id));
    }
    return absl::OkStatus();
  }

  absl::Status AddKey(absl::string_view id) {
    const std::string place = absl::StrCat("node ", nodes_, ": ");
    if (id.size() > Vocabulary::kMaxKeyBytes) {
      return Error(absl::StrCat(place, "an id of ", id.size(),
                                " bytes; at most ", Vocabulary::kMaxKeyBytes));
    }
    uint32_t number;
    if (keys_->Intern({id}, &number) == 0) {
      return Error(absl::StrCat(place, KeyProblem(id)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckEdges(const Tree& graph) {
    for (const auto& [name, child] : graph) {
      if (name != "edge") continue;
      ++edges_;
      for (const char* end : {"source", "target"}) {
        const auto id = Attribute(child, end);
        if (!id) return Error(absl::StrCat("edge ", edges_, " has no ", end));
        if (!keys_->Contains(*id)) {
          return Error(absl::StrCat("edge ", edges_, ": its ", end, " ",
                                    Quoted(*id), " is no node of the graph"));
        }
      }
    }
    return absl::OkStatus();
  }

  KeyInterner* keys_;
  std::vector<const Tree*> graphs_;
  bool directed_ = false;
  uint64_t nodes_ = 0;
  uint64_t edges_ = 0;
};

// Makes the keys of a document such as Boost's reader understands: it refuses
// a key that does not say what it is for, and takes the default of an edge from
// keys of edges alone. True if any was changed.
bool CompleteKeys(Tree* document) {
  bool changed = false;
  for (auto& [name, child] : document->get_child("graphml")) {
    if (name != "key") continue;
    const std::string whose = Attribute(child, "for").value_or("all");
    const bool is_weight = Attribute(child, "attr.name") == "weight";
    if (whose != "all" || (!is_weight && Attribute(child, "for"))) continue;
    child.put("<xmlattr>.for", is_weight ? "edge" : "all");
    changed = true;
  }
  return changed;
}

// What Boost's reader builds a graph through. Reports problems by throwing
// what that reader throws.
class EdgeCollector : public boost::mutate_graph {
 public:
  EdgeCollector(bool directed, NumberedEdges* edges)
      : directed_(directed), edges_(edges) {}

  bool is_directed() const override { return directed_; }

  boost::any do_add_vertex() override { return boost::any(num_nodes_++); }

  std::pair<boost::any, bool> do_add_edge(boost::any source,
                                          boost::any target) override {
    AddEdge();
    edge_ = {boost::any_cast<uint32_t>(source),
             boost::any_cast<uint32_t>(target)};
    ++num_edges_;
    return {boost::any(num_edges_), true};
  }

  void set_graph_property(const std::string&, const std::string&,
                          const std::string&) override {}
  void set_vertex_property(const std::string&, boost::any, const std::string&,
                           const std::string&) override {}
  void set_edge_property(const std::string& name, boost::any /*edge*/,
                         const std::string& value,
                         const std::string& /*type*/) override {
    if (name != "weight") return;
    if (edges_->arcs.weighted()) {
      const std::string problem = ParseWeight(value, &weight_);
      if (!problem.empty()) Fail(problem);
    }
    has_weight_ = true;
  }

  // Takes over the last edge, whose properties come after it.
  void AddEdge() {
    if (num_edges_ == 0) return;
    const bool weighted = edges_->arcs.weighted();
    if (weighted && !has_weight_) Fail("no data called \"weight\"");
    if (!weighted && has_weight_) ++edges_->stats.ignored_weights;
    edges_->arcs.Append(edge_, weight_);
    has_weight_ = false;
  }

  uint64_t num_edges() const { return num_edges_; }
  uint32_t num_nodes() const { return num_nodes_; }

 private:
  [[noreturn]] void Fail(absl::string_view problem) const {
    throw boost::parse_error(absl::StrCat("edge ", num_edges_, ": ", problem));
  }

  bool directed_;
  NumberedEdges* edges_;
  uint32_t num_nodes_ = 0;
  uint64_t num_edges_ = 0;
  Arc edge_ = {0, 0};  // the last one
  float weight_ = 1;
  bool has_weight_ = false;
};

std::string TextOf(const Tree& document) {
  std::ostringstream stream;
  boost::property_tree::write_xml(stream, document);
  return stream.str();
}

absl::Status ReadText(const std::string& text, bool directed,
                      NumberedEdges* edges) {
  EMBED_RETURN_IF_ERROR(CheckDepth(text));
  Outline outline(&edges->keys);
  std::istringstream stream(text);
  {
    Tree document;
    boost::property_tree::read_xml(stream, document);
    EMBED_RETURN_IF_ERROR(outline.Read(document));
    stream =
        std::istringstream(CompleteKeys(&document) ? TextOf(document) : text);
  }
  if (directed && !outline.directed()) {
    return Error("the edges are undirected; read it without --directed");
  }
  EdgeCollector collector(outline.directed(), edges);
  boost::read_graphml(stream, collector, 0);
  collector.AddEdge();
  if (collector.num_nodes() != edges->keys.size()) {
    return absl::InternalError("Boost's reader counts other nodes");
  }
  if (!directed && outline.directed()) {
    edges->stats.ignored_directions = collector.num_edges();
  }
  return absl::OkStatus();
}

// The same, exceptions as statuses; *line if known, else 0.
absl::Status TryReadText(const std::string& text, bool directed,
                         NumberedEdges* edges, uint64_t* line) {
  *line = 0;
  try {
    return ReadText(text, directed, edges);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const boost::property_tree::xml_parser_error& error) {
    *line = error.line();
    return Error(absl::StrCat(error.message(), ": this is not GraphML"));
  } catch (const boost::parse_error& error) {
    return Error(error.error);
  } catch (const boost::directed_graph_error&) {
    return Error("directed edges in a graph of undirected ones");
  } catch (const boost::undirected_graph_error&) {
    return Error("undirected edges in a graph of directed ones");
  } catch (const std::exception& error) {
    return Error(absl::StrCat(error.what(), ": this is not GraphML"));
  }
}

}  // namespace

absl::Status ReadGraphMl(const std::string& path, bool directed,
                         NumberedEdges* edges) {
  EMBED_ASSIGN_OR_RETURN(const std::string text, ReadWhole(path));
  edges->stats.bytes += text.size();
  uint64_t line;
  const absl::Status status = TryReadText(text, directed, edges, &line);
  const std::string name = InputName(path);
  return WithPrefix(line > 0 ? absl::StrCat(name, ":", line) : name, status);
}

}  // namespace embed
