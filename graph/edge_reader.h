// From graph files (see graph/graph_file.h) to arcs between keys numbered by
// first appearance.
#ifndef EMBED_GRAPH_EDGE_READER_H_
#define EMBED_GRAPH_EDGE_READER_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "graph/edge_text.h"
#include "graph/key_interner.h"
#include "graph/loaded_graph.h"
#include "graph/numbered_edges.h"

namespace embed {

// Tells an observer about a load, once a second at most.
class LoadWatch {
 public:
  explicit LoadWatch(LoadObserver observer) : observer_(std::move(observer)) {}

  double seconds() const;
  void Report(uint64_t bytes, uint64_t edges);

 private:
  using Clock = std::chrono::steady_clock;

  LoadObserver observer_;
  Clock::time_point begin_ = Clock::now();
  double next_ = 1;  // seconds from the beginning
};

// Not thread-safe. After an error the object is of no further use.
class EdgeReader {
 public:
  // What is read is added to *edges, which must outlive the reader; weights if
  // its list has them.
  EdgeReader(int threads, LoadObserver observer, NumberedEdges* edges)
      : threads_(threads), edges_(edges), watch_(std::move(observer)) {}

  // Each reads a whole file. InvalidArgument with "path:line: ": text of
  // another kind. Errors of files as InputStream's.
  absl::Status ReadEdgeList(const std::string& path);
  absl::Status ReadAdjacencyList(const std::string& path);
  absl::Status ReadNodeList(const std::string& path);

 private:
  using Parse = std::function<void(absl::string_view text, ParsedEdges*)>;
  static constexpr size_t kBatch = KeyInterner::kMaxBatch;

  absl::Status Read(const std::string& path, const Parse& parse,
                    uint64_t* lines);
  absl::Status TakeBlock(const BlockPlace& place, const ParsedEdges& parsed);
  // Numbers keys first .. first + count - 1 of the block, count <= kBatch.
  absl::Status NumberKeys(const BlockPlace& place, const ParsedEdges& parsed,
                          size_t first, size_t count);

  int threads_;
  NumberedEdges* edges_;
  LoadWatch watch_;

  std::string name_;  // of the file being read, for messages
  std::array<absl::string_view, kBatch> batch_;
  std::array<uint32_t, kBatch> ids_ = {};
};

}  // namespace embed

#endif  // EMBED_GRAPH_EDGE_READER_H_
