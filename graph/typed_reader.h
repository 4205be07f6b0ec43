// From the text of a typed edge list (see graph/typed_edge_list.h) to arcs
// between nodes numbered by first appearance.
#ifndef EMBED_GRAPH_TYPED_READER_H_
#define EMBED_GRAPH_TYPED_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "embed/base/hash_table.h"
#include "graph/edge_reader.h"
#include "graph/graph_file.h"
#include "graph/key_interner.h"
#include "graph/loaded_graph.h"
#include "graph/typed_builder.h"
#include "graph/typed_text.h"

namespace embed {

// Not thread-safe. After an error the object is of no further use.
class TypedReader {
 public:
  // Lines, bytes and ignored weights are counted in *stats, which must outlive
  // the reader.
  TypedReader(const GraphFileOptions& options, GraphStats* stats)
      : threads_(options.threads),
        edges_(options.weighted),
        watch_(options.observer),
        stats_(stats) {}

  // Each reads a whole file. InvalidArgument with "path:line: ": text of
  // another kind. Errors of files as InputStream's.
  absl::Status ReadEdges(const std::string& path);
  absl::Status ReadNodes(const std::string& path);

  // Ends reading.
  TypedEdges TakeEdges();

  uint64_t num_edges() const { return edges_.arcs.size(); }
  // The node that was given this number.
  absl::string_view name(uint32_t node) const {
    return nodes_of_[types_[node]].keys->key(places_[node]);
  }

 private:
  // Types are few, and a table of pairs of node types must be small.
  static constexpr size_t kMaxNodeTypes = 1000;
  static constexpr size_t kMaxEdgeTypes = 30000;
  // Lines whose nodes are looked up together, so that the nodes of one type are
  // many at once.
  static constexpr size_t kBatch = 256;

  // Names of types, numbered by first appearance.
  struct Names {
    std::vector<std::string> names;
    HashMap<std::string, uint16_t> numbers;
  };
  // The nodes of one type: their keys, and their numbers among all nodes.
  struct NodesOfType {
    std::unique_ptr<KeyInterner> keys;
    std::vector<uint32_t> numbers;
    std::vector<uint32_t> wanted;  // what of the present batch is of this type
  };
  // What is wrong and where in the block it is.
  struct Problem {
    size_t offset = absl::string_view::npos;  // nothing
    std::string text;
  };

  template <class Parse>
  absl::Status Read(const std::string& path, const Parse& parse,
                    uint64_t* lines);
  absl::Status TakeBlock(const BlockPlace& place,
                         const ParsedTypedEdges& parsed);
  // Sets (*numbers)[i] to the number of name i of the block, up to the first
  // one that cannot have one.
  static void NumberTypes(const BlockPlace& place, const BlockNames& block,
                          size_t most, absl::string_view what, Names* known,
                          std::vector<uint16_t>* numbers, Problem* problem);
  // Numbers the nodes of up to kBatch lines and adds their edges.
  absl::Status TakeLines(const BlockPlace& place,
                         absl::Span<const TypedLine> lines,
                         absl::Span<const float> weights);
  void Want(KeyPlace key, uint16_t type, size_t index);
  void NumberNodes(const BlockPlace& place, uint16_t type, Problem* problem);

  int threads_;
  TypedEdges edges_;
  LoadWatch watch_;
  GraphStats* stats_;
  std::string name_;  // of the file being read
  Names node_types_;
  Names edge_types_;
  std::vector<NodesOfType> nodes_of_;  // each type
  // Of each node its type and its place among those of the type.
  std::vector<uint16_t> types_;
  std::vector<uint32_t> places_;

  // Of the block being taken: the numbers of its types.
  std::vector<uint16_t> block_node_types_;
  std::vector<uint16_t> block_edge_types_;
  // Of the batch: source and target of each line, and what types they have.
  std::vector<KeyPlace> keys_ = std::vector<KeyPlace>(2 * kBatch);
  std::vector<uint32_t> ids_ = std::vector<uint32_t>(2 * kBatch);
  std::vector<uint16_t> types_wanted_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_READER_H_
