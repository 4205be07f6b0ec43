#include "graph/metapath.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr char kBetween = '-';

std::string NamesOfTypes(const TypedGraph& graph) {
  return absl::StrJoin(graph.node_types(), ", ",
                       [](std::string* out, const TypedGraph::NodeType& type) {
                         out->append(type.name);
                       });
}

// The longest name that the text begins with, up to its end or a separator.
uint16_t NameAt(absl::string_view text, const TypedGraph& graph) {
  uint16_t found = TypedGraph::kNoType;
  size_t length = 0;
  for (uint16_t type = 0; type < graph.node_types().size(); ++type) {
    const std::string& name = graph.node_types()[type].name;
    if (name.size() <= length || !absl::StartsWith(text, name)) continue;
    if (name.size() < text.size() && text[name.size()] != kBetween) continue;
    found = type;
    length = name.size();
  }
  return found;
}

absl::StatusOr<uint16_t> TypeOfLetter(absl::string_view letter,
                                      const TypedGraph& graph) {
  uint16_t found = TypedGraph::kNoType;
  for (uint16_t type = 0; type < graph.node_types().size(); ++type) {
    const std::string& name = graph.node_types()[type].name;
    if (letter.size() != 1 || !absl::StartsWithIgnoreCase(name, letter)) {
      continue;
    }
    if (found != TypedGraph::kNoType) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", letter, "\" may be ", graph.node_types()[found].name, " or ",
          name, "; write the whole name"));
    }
    found = type;
  }
  if (found != TypedGraph::kNoType) return found;
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", letter, "\" is no type of node; there are ", NamesOfTypes(graph)));
}

// Takes the type at the beginning of *text off it, and what separates it from
// the next.
absl::StatusOr<uint16_t> TakeType(const TypedGraph& graph,
                                  absl::string_view* text) {
  uint16_t type = NameAt(*text, graph);
  size_t length;
  if (type != TypedGraph::kNoType) {
    length = graph.node_types()[type].name.size();
  } else {
    length = std::min(text->find(kBetween), text->size());
    EMBED_ASSIGN_OR_RETURN(type, TypeOfLetter(text->substr(0, length), graph));
  }
  text->remove_prefix(std::min(length + 1, text->size()));
  return type;
}

}  // namespace

absl::StatusOr<Metapath> Metapath::Parse(absl::string_view text,
                                         const TypedGraph& graph) {
  std::vector<uint16_t> types;
  const bool ends_open = absl::EndsWith(text, "-");
  absl::string_view rest = text;
  while (!rest.empty()) {
    EMBED_ASSIGN_OR_RETURN(const uint16_t type, TakeType(graph, &rest));
    types.push_back(type);
  }
  if (types.size() < 2 || ends_open) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\": expected two types of nodes or more, '-' between "
                     "them; there are ",
                     NamesOfTypes(graph)));
  }
  const auto name = [&](size_t i) -> const std::string& {
    return graph.node_types()[types[i]].name;
  };
  if (types.front() != types.back()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" begins with ", name(0), " and ends with ",
                     name(types.size() - 1),
                     "; walks repeat it, so it must end with ", name(0)));
  }
  for (size_t i = 0; i + 1 < types.size(); ++i) {
    if (graph.Connects(types[i], types[i + 1])) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("\"", text, "\", step ", i + 1, ": no edge leads from ",
                     name(i), " to ", name(i + 1)));
  }
  types.pop_back();
  return Metapath(std::move(types));
}

}  // namespace embed
