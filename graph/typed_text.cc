#include "graph/typed_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "embed/model/vocabulary.h"
#include "graph/key_interner.h"
#include "graph/line_blocks.h"
#include "graph/line_cursor.h"

namespace embed {
namespace {

constexpr size_t kMaxFields = 6;

// A line in its fields; those after the last one kept are counted only.
struct Fields {
  size_t count = 0;
  std::array<absl::string_view, kMaxFields> fields;
};

Fields SplitLine(absl::string_view line) {
  Fields result;
  for (size_t begin = 0; begin <= line.size();) {
    const size_t end = std::min(line.find('\t', begin), line.size());
    if (result.count < kMaxFields) {
      result.fields[result.count] = line.substr(begin, end - begin);
    }
    ++result.count;
    begin = end + 1;
  }
  return result;
}

// What is wrong with the first fields of a line; empty: nothing.
std::string FieldsProblem(const Fields& line,
                          absl::Span<const char* const> names) {
  for (size_t i = 0; i < names.size(); ++i) {
    const absl::string_view field = line.fields[i];
    if (field.empty()) return absl::StrCat("the ", names[i], " is empty");
    if (field.size() > Vocabulary::kMaxKeyBytes) {
      return absl::StrCat("the ", names[i], " has ", field.size(),
                          " bytes; at most ", Vocabulary::kMaxKeyBytes);
    }
  }
  return "";
}

std::string ParseEdge(const Fields& line, bool weighted,
                      ParsedTypedEdges* parsed) {
  static constexpr const char* kNames[] = {"source", "source type", "edge type",
                                           "target", "target type"};
  constexpr size_t kNamed = std::size(kNames);
  if (line.count != kNamed && line.count != kNamed + 1) {
    const std::string problem = KeyProblem(line.fields[0]);
    if (!problem.empty()) return NotUtf8Text(problem);
    return absl::StrCat(
        line.count, line.count == 1 ? " field" : " fields",
        "; expected source, source type, edge type, target, target type and "
        "perhaps a weight, with one tab between them");
  }
  std::string problem = FieldsProblem(line, kNames);
  if (!problem.empty()) return problem;
  TypedEdge edge;
  edge.source = line.fields[0];
  edge.source_type = line.fields[1];
  edge.edge_type = line.fields[2];
  edge.target = line.fields[3];
  edge.target_type = line.fields[4];
  if (weighted && line.count == kNamed) {
    return "no weight; expected a sixth field with a number above 0 (or read "
           "the list as unweighted)";
  }
  if (weighted) {
    problem = ParseWeight(line.fields[kNamed], &edge.weight);
    if (!problem.empty()) return problem;
  } else if (line.count > kNamed) {
    ++parsed->ignored_weights;
  }
  parsed->edges.push_back(edge);
  return "";
}

std::string ParseNode(const Fields& line, ParsedTypedEdges* parsed) {
  static constexpr const char* kNames[] = {"node", "type"};
  if (line.count != std::size(kNames)) {
    return absl::StrCat(line.count, line.count == 1 ? " field" : " fields",
                        "; expected a node and its type with a tab between "
                        "them");
  }
  std::string problem = FieldsProblem(line, kNames);
  if (!problem.empty()) return problem;
  TypedEdge node;
  node.source = line.fields[0];
  node.source_type = line.fields[1];
  parsed->edges.push_back(node);
  return "";
}

template <class ParseFields>
void ParseLines(absl::string_view text, ParsedTypedEdges* parsed,
                const ParseFields& parse_fields) {
  parsed->edges.clear();
  parsed->ignored_weights = 0;
  while (!text.empty() && parsed->error.empty()) {
    ++parsed->lines;
    const size_t end = text.find('\n');
    absl::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.size() > LineBlocks::kMaxLineBytes) {
      parsed->error =
          absl::StrCat("a line of more than ", LineBlocks::kMaxLineBytes,
                       " bytes: this does not look like a typed edge list");
    } else if (!line.empty() && !IsComment(line)) {
      parsed->error = parse_fields(SplitLine(line));
    }
  }
}

}  // namespace

void ParseTypedLines(absl::string_view text, bool weighted,
                     ParsedTypedEdges* parsed) {
  ParseLines(text, parsed, [&](const Fields& line) {
    return ParseEdge(line, weighted, parsed);
  });
}

void ParseTypedNodeLines(absl::string_view text, ParsedTypedEdges* parsed) {
  ParseLines(text, parsed,
             [&](const Fields& line) { return ParseNode(line, parsed); });
}

}  // namespace embed
