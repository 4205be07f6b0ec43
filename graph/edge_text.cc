#include "graph/edge_text.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "embed/base/quoted.h"
#include "embed/model/vocabulary.h"
#include "graph/key_interner.h"
#include "graph/line_blocks.h"
#include "graph/line_cursor.h"

namespace embed {
namespace {

std::string TooLongLine() {
  return absl::StrCat("a line of more than ", LineBlocks::kMaxLineBytes,
                      " bytes: this does not look like a graph");
}

std::string TooLongKey(absl::string_view key) {
  return absl::StrCat("a key of ", key.size(), " bytes (", Quoted(key),
                      "); at most ", Vocabulary::kMaxKeyBytes);
}

std::string OneField(absl::string_view key) {
  const std::string problem = KeyProblem(key);
  if (!problem.empty()) return NotUtf8Text(problem);
  return absl::StrCat("only one field, ", Quoted(key),
                      "; expected two nodes with blanks or a tab (no comma) "
                      "between them");
}

// A list with commas, whose keys would get them.
std::string CommaBehind(absl::string_view key) {
  return absl::StrCat("a comma behind the first field, ", Quoted(key),
                      "; expected two nodes with blanks or a tab (no comma) "
                      "between them");
}

// Whether a field may be a number, by its ends alone: nothing but a note
// depends on it.
bool LooksLikeNumber(absl::string_view field) {
  const char first = field.front();
  const char last = field.back();
  return (absl::ascii_isdigit(static_cast<unsigned char>(first)) ||
          first == '-' || first == '+' || first == '.') &&
         (absl::ascii_isdigit(static_cast<unsigned char>(last)) || last == '.');
}

// The first field of a file whose first line without '%' is no edge.
constexpr absl::string_view kMatrixMarket = "%%MatrixMarket";

std::string MatrixMarketFile() {
  return "a Matrix Market file; expected an edge list: take its edges alone, "
         "without the line of sizes, as by grep -v '^%' FILE | tail -n +2";
}

// The length of a line that ends before `next`, without "\n" or "\r\n".
size_t LineBytes(const char* begin, const char* next) {
  const size_t bytes = static_cast<size_t>(next - begin) - 1;
  return bytes > 0 && begin[bytes - 1] == '\r' ? bytes - 1 : bytes;
}

// Adds what lines mean to a ParsedEdges; errors are text, empty for none.
class EdgeAdder {
 public:
  EdgeAdder(absl::string_view text, bool weighted, ParsedEdges* parsed)
      : text_(text.data()), weighted_(weighted), parsed_(parsed) {}

  std::string Edge(absl::string_view source, LineCursor* cursor) {
    const absl::string_view target = cursor->Take();
    if (target.empty()) return OneField(source);
    if (source.back() == ',') return CommaBehind(source);
    const absl::string_view third = cursor->Take();
    if (weighted_) {
      if (third.empty()) {
        return "no weight; expected a third field with a number above 0 (or "
               "read the list as unweighted)";
      }
      float weight;
      std::string problem = ParseWeight(third, &weight);
      if (!problem.empty()) return problem;
      parsed_->weights.push_back(weight);
    } else if (!third.empty()) {
      ++parsed_->ignored_weights;
      parsed_->ignored_texts += !LooksLikeNumber(third);
    }
    if (!third.empty() && cursor->TakeAnother()) ++parsed_->long_lines;
    return Pair(source, target);
  }

  std::string Neighbors(absl::string_view node, LineCursor* cursor) {
    absl::string_view neighbor = cursor->Take();
    if (neighbor.empty()) return Pair(node, "");
    for (; !neighbor.empty(); neighbor = cursor->Take()) {
      std::string problem = Pair(node, neighbor);
      if (!problem.empty()) return problem;
    }
    return "";
  }

  std::string Node(absl::string_view node, LineCursor* cursor) {
    if (cursor->Take().empty()) return Pair(node, "");
    return absl::StrCat("a second field after ", Quoted(node),
                        "; a node list has one node a line");
  }

 private:
  std::string Pair(absl::string_view first, absl::string_view second) {
    for (const absl::string_view key : {first, second}) {
      if (key.size() > Vocabulary::kMaxKeyBytes) return TooLongKey(key);
      parsed_->keys.push_back({static_cast<uint32_t>(key.data() - text_),
                               static_cast<uint32_t>(key.size())});
    }
    return "";
  }

  const char* text_;
  bool weighted_;
  ParsedEdges* parsed_;
};

// Calls (adder.*add)(first field, cursor) for each line that has one.
template <class Add>
void ParseLines(absl::string_view text, ParsedEdges* parsed, const Add& add) {
  parsed->keys.clear();
  parsed->weights.clear();
  parsed->ignored_weights = 0;
  parsed->ignored_texts = 0;
  parsed->long_lines = 0;
  LineCursor cursor(text);
  while (!cursor.AtEnd() && parsed->error.empty()) {
    const char* const begin = cursor.place();
    ++parsed->lines;
    const absl::string_view first = cursor.Take();
    const size_t pairs = parsed->keys.size();
    if (first == kMatrixMarket) {
      parsed->error = MatrixMarketFile();
    } else if (!first.empty() && !IsComment(first)) {
      parsed->error = add(first, &cursor);
    }
    cursor.SkipLine();
    if (LineBytes(begin, cursor.place()) > LineBlocks::kMaxLineBytes) {
      parsed->error = TooLongLine();
    }
    if (!parsed->error.empty()) parsed->keys.resize(pairs);
  }
}

}  // namespace

void ParseEdgeLines(absl::string_view text, bool weighted,
                    ParsedEdges* parsed) {
  EdgeAdder adder(text, weighted, parsed);
  ParseLines(text, parsed, [&](absl::string_view first, LineCursor* cursor) {
    return adder.Edge(first, cursor);
  });
}

void ParseAdjacencyLines(absl::string_view text, ParsedEdges* parsed) {
  EdgeAdder adder(text, false, parsed);
  ParseLines(text, parsed, [&](absl::string_view first, LineCursor* cursor) {
    return adder.Neighbors(first, cursor);
  });
}

void ParseNodeLines(absl::string_view text, ParsedEdges* parsed) {
  EdgeAdder adder(text, false, parsed);
  ParseLines(text, parsed, [&](absl::string_view first, LineCursor* cursor) {
    return adder.Node(first, cursor);
  });
}

}  // namespace embed
