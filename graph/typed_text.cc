#include "graph/typed_text.h"

#include <array>
#include <cstring>
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
  bool ended_by_cr = false;  // by "\r\n", which is no part of it
  std::array<absl::string_view, kMaxFields> fields;
};

// The first tab or line end at or after `place`.
const char* FindStop(const char* place) {
  for (;;) {
    // Bytes below 0x0B in eight at once: the lowest bit set is exact, those
    // above it need not be.
    uint64_t word;
    std::memcpy(&word, place, sizeof(word));
    const uint64_t low =
        (word - 0x0B0B0B0B0B0B0B0Bu) & ~word & 0x8080808080808080u;
    if (low == 0) {
      place += sizeof(word);
      continue;
    }
    place += __builtin_ctzll(low) / 8;
    if (*place == '\t' || *place == '\n') return place;
    ++place;  // a control character: part of a key, for which it is refused
  }
}

// Returns where the line ends: at its '\n'.
const char* SplitLine(const char* begin, Fields* line) {
  line->count = 0;
  for (;;) {
    const char* const stop = FindStop(begin);
    const bool last = *stop == '\n';
    const char* end = stop;
    if (last) {
      line->ended_by_cr = end > begin && end[-1] == '\r';
      if (line->ended_by_cr) --end;
    }
    if (line->count < kMaxFields) {
      line->fields[line->count] =
          absl::string_view(begin, static_cast<size_t>(end - begin));
    }
    ++line->count;
    if (last) return stop;
    begin = stop + 1;
  }
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

// Adds what lines mean to a ParsedTypedEdges; errors are text, empty for none.
class TypedAdder {
 public:
  TypedAdder(absl::string_view text, bool weighted, ParsedTypedEdges* parsed)
      : text_(text.data()), weighted_(weighted), parsed_(parsed) {}

  std::string Edge(const Fields& line) {
    if (line.count != kNamed && line.count != kNamed + 1) {
      return WrongCount(line);
    }
    static constexpr const char* kNames[] = {
        "source", "source type", "edge type", "target", "target type"};
    std::string problem = FieldsProblem(line, kNames);
    if (!problem.empty()) return problem;
    if (weighted_) {
      problem = Weight(line);
      if (!problem.empty()) return problem;
    } else if (line.count > kNamed) {
      ++parsed_->ignored_weights;
    }
    // In the order of the text, which numbers types by first appearance.
    TypedLine edge;
    edge.source = Place(line.fields[0]);
    edge.source_type = parsed_->node_types.Number(line.fields[1]);
    edge.edge_type = parsed_->edge_types.Number(line.fields[2]);
    edge.target = Place(line.fields[3]);
    edge.target_type = parsed_->node_types.Number(line.fields[4]);
    parsed_->edges.push_back(edge);
    return "";
  }

  std::string Node(const Fields& line) {
    static constexpr const char* kNames[] = {"node", "type"};
    if (line.count != std::size(kNames)) {
      return absl::StrCat(line.count, line.count == 1 ? " field" : " fields",
                          "; expected a node and its type with a tab between "
                          "them");
    }
    std::string problem = FieldsProblem(line, kNames);
    if (!problem.empty()) return problem;
    TypedLine node = {};
    node.source = Place(line.fields[0]);
    node.source_type = parsed_->node_types.Number(line.fields[1]);
    parsed_->edges.push_back(node);
    return "";
  }

 private:
  static constexpr size_t kNamed = 5;  // fields before the weight

  static std::string WrongCount(const Fields& line) {
    const std::string problem = KeyProblem(line.fields[0]);
    if (!problem.empty()) return NotUtf8Text(problem);
    return absl::StrCat(
        line.count, line.count == 1 ? " field" : " fields",
        "; expected source, source type, edge type, target, target type and "
        "perhaps a weight, with one tab between them");
  }

  std::string Weight(const Fields& line) {
    if (line.count == kNamed) {
      return "no weight; expected a sixth field with a number above 0 (or read "
             "the list as unweighted)";
    }
    float weight;
    std::string problem = ParseWeight(line.fields[kNamed], &weight);
    if (problem.empty()) parsed_->weights.push_back(weight);
    return problem;
  }

  KeyPlace Place(absl::string_view key) const {
    return {static_cast<uint32_t>(key.data() - text_),
            static_cast<uint32_t>(key.size())};
  }

  const char* text_;
  bool weighted_;
  ParsedTypedEdges* parsed_;
};

// Calls add(fields) for each line that has any.
template <class Add>
void ParseLines(absl::string_view text, ParsedTypedEdges* parsed,
                const Add& add) {
  parsed->edges.clear();
  parsed->weights.clear();
  parsed->node_types.Clear();
  parsed->edge_types.Clear();
  parsed->ignored_weights = 0;
  Fields line;
  const char* place = text.data();
  const char* const end = place + text.size();
  while (place < end && parsed->error.empty()) {
    ++parsed->lines;
    const char* const begin = place;
    const char* const stop = SplitLine(begin, &line);
    place = stop + 1;
    const size_t bytes =
        static_cast<size_t>(stop - begin) - (line.ended_by_cr ? 1 : 0);
    if (bytes > LineBlocks::kMaxLineBytes) {
      parsed->error =
          absl::StrCat("a line of more than ", LineBlocks::kMaxLineBytes,
                       " bytes: this does not look like a typed edge list");
    } else if (bytes > 0 && !IsComment(absl::string_view(begin, bytes))) {
      parsed->error = add(line);
    }
  }
}

}  // namespace

void ParseTypedLines(absl::string_view text, bool weighted,
                     ParsedTypedEdges* parsed) {
  TypedAdder adder(text, weighted, parsed);
  ParseLines(text, parsed,
             [&](const Fields& line) { return adder.Edge(line); });
}

void ParseTypedNodeLines(absl::string_view text, ParsedTypedEdges* parsed) {
  TypedAdder adder(text, false, parsed);
  ParseLines(text, parsed,
             [&](const Fields& line) { return adder.Node(line); });
}

}  // namespace embed
