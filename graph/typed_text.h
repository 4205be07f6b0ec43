// Lines of a typed edge list (see graph/typed_edge_list.h), block by block.
#ifndef EMBED_GRAPH_TYPED_TEXT_H_
#define EMBED_GRAPH_TYPED_TEXT_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "graph/block_reader.h"

namespace embed {

// Fields are views into the block. A node alone has no edge type, no target and
// no target type.
struct TypedEdge {
  absl::string_view source;
  absl::string_view source_type;
  absl::string_view edge_type;
  absl::string_view target;
  absl::string_view target_type;
  float weight = 1;
};

struct ParsedTypedEdges : public ParsedLines {
  std::vector<TypedEdge> edges;
  uint64_t ignored_weights = 0;  // lines with a weight that was not asked for
};

// "SOURCE \t SOURCE TYPE \t EDGE TYPE \t TARGET \t TARGET TYPE [\t WEIGHT]".
void ParseTypedLines(absl::string_view text, bool weighted,
                     ParsedTypedEdges* parsed);

// "NODE \t TYPE".
void ParseTypedNodeLines(absl::string_view text, ParsedTypedEdges* parsed);

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_TEXT_H_
