// A metapath: the types of nodes that a walk over a typed graph goes through in
// turn, as author-paper-venue-paper-author (Dong, Chawla, Swami, KDD 2017).
// It ends with the type that it begins with, and is gone through again and
// again.
#ifndef EMBED_GRAPH_METAPATH_H_
#define EMBED_GRAPH_METAPATH_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "graph/typed_graph.h"

namespace embed {

class Metapath {
 public:
  // text: types with '-' between them, each by its name or, where only one
  // begins with it, by its first letter, of either case. A name may hold '-'.
  // InvalidArgument: fewer than two types, a type that the graph has not (its
  // types are listed), a letter that several begin with, another type at the
  // end than at the beginning. FailedPrecondition: two types in turn without
  // an edge between them.
  static absl::StatusOr<Metapath> Parse(absl::string_view text,
                                        const TypedGraph& graph);

  // Vertex k of a walk has the type types()[k % types().size()]: the last type
  // of the text is left out, being the first again.
  absl::Span<const uint16_t> types() const { return types_; }

 private:
  explicit Metapath(std::vector<uint16_t> types) : types_(std::move(types)) {}

  std::vector<uint16_t> types_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_METAPATH_H_
