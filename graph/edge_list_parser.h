// From the text of an edge list (see graph/edge_list.h) to arcs between keys
// numbered by first appearance.
#ifndef EMBED_GRAPH_EDGE_LIST_PARSER_H_
#define EMBED_GRAPH_EDGE_LIST_PARSER_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "graph/arc_list.h"
#include "graph/key_interner.h"

namespace embed {

// Not thread-safe. After an error the object is of no further use.
class EdgeListParser {
 public:
  explicit EdgeListParser(bool weighted)
      : weighted_(weighted), arcs_(weighted) {}

  // Reads a whole edge list, or node list. InvalidArgument with "path:line: ":
  // text that is neither.
  absl::Status ReadEdges(const std::string& path);
  absl::Status ReadNodes(const std::string& path);

  const KeyInterner& keys() const { return keys_; }
  ArcList& arcs() { return arcs_; }
  uint64_t edge_lines() const { return edge_lines_; }  // lines of ReadEdges()
  uint64_t bytes() const { return bytes_; }            // of both, decompressed
  // Lines with a third field that was not asked for.
  uint64_t ignored_weights() const { return ignored_weights_; }

 private:
  using ParseLine = absl::Status (EdgeListParser::*)(absl::string_view line);
  static constexpr size_t kBatch = KeyInterner::kMaxBatch;

  absl::Status ReadLines(const std::string& path, ParseLine parse_line);
  absl::Status ParseEdge(absl::string_view line);
  absl::Status ParseNode(absl::string_view line);
  absl::Status ParseWeight(absl::string_view field, float* weight) const;
  // Queues a key of the current line for the table.
  absl::Status AddKey(absl::string_view key);
  absl::Status InternBatch();
  absl::Status FlushEdges();
  absl::Status Error(uint64_t line, absl::string_view message) const;
  absl::Status KeyError(uint64_t line, absl::string_view key) const;

  bool weighted_;
  KeyInterner keys_;
  ArcList arcs_;
  uint64_t edge_lines_ = 0;
  uint64_t bytes_ = 0;
  uint64_t ignored_weights_ = 0;

  std::string name_;   // of the file being read, for messages
  uint64_t line_ = 0;  // from 1
  // Keys not yet looked up, views into the block being read: both ends of each
  // edge in turn, or nodes.
  size_t queued_ = 0;
  std::array<absl::string_view, kBatch> queued_keys_;
  std::array<uint64_t, kBatch> queued_lines_ = {};
  std::array<float, kBatch / 2> queued_weights_ = {};
  std::array<uint32_t, kBatch> ids_ = {};
};

}  // namespace embed

#endif  // EMBED_GRAPH_EDGE_LIST_PARSER_H_
