// Lines of a typed edge list (see graph/typed_edge_list.h), block by block, as
// LineBlocks makes them.
#ifndef EMBED_GRAPH_TYPED_TEXT_H_
#define EMBED_GRAPH_TYPED_TEXT_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "graph/block_names.h"
#include "graph/block_reader.h"
#include "graph/edge_text.h"

namespace embed {

// One line; types are numbers in the names of its block. A node alone has an
// empty target and nothing else that is of use.
struct TypedLine {
  KeyPlace source;
  KeyPlace target;
  uint32_t source_type;
  uint32_t target_type;
  uint32_t edge_type;
};

struct ParsedTypedEdges : public ParsedLines {
  std::vector<TypedLine> edges;
  std::vector<float> weights;  // of each line, where asked for
  BlockNames node_types;
  BlockNames edge_types;
  uint64_t ignored_weights = 0;  // lines with a weight that was not asked for
};

// "SOURCE \t SOURCE TYPE \t EDGE TYPE \t TARGET \t TARGET TYPE [\t WEIGHT]".
void ParseTypedLines(absl::string_view text, bool weighted,
                     ParsedTypedEdges* parsed);

// "NODE \t TYPE".
void ParseTypedNodeLines(absl::string_view text, ParsedTypedEdges* parsed);

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_TEXT_H_
