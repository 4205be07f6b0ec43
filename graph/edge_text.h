// Line formats of graphs, block by block: an edge list, an adjacency list, a
// node list (see graph/graph_file.h).
#ifndef EMBED_GRAPH_EDGE_TEXT_H_
#define EMBED_GRAPH_EDGE_TEXT_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "graph/block_reader.h"

namespace embed {

// A key's place in its block.
struct KeyPlace {
  uint32_t begin;
  uint32_t size;
};

struct ParsedEdges : public ParsedLines {
  // Both ends of one edge after the other; a node without an edge has an empty
  // one behind it.
  std::vector<KeyPlace> keys;
  std::vector<float> weights;    // of each pair, where asked for
  uint64_t ignored_weights = 0;  // where not
  uint64_t ignored_texts = 0;    // of them, those that are no numbers
  uint64_t long_lines = 0;       // with fields that are not read at all
};

// "SOURCE TARGET [WEIGHT]" a line; fields behind are counted only.
void ParseEdgeLines(absl::string_view text, bool weighted, ParsedEdges* parsed);

// "NODE NEIGHBOR NEIGHBOR ..." a line, with any number of neighbours.
void ParseAdjacencyLines(absl::string_view text, ParsedEdges* parsed);

// "NODE" a line.
void ParseNodeLines(absl::string_view text, ParsedEdges* parsed);

}  // namespace embed

#endif  // EMBED_GRAPH_EDGE_TEXT_H_
