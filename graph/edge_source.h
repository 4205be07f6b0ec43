// Arcs drawn at random as training sequences {tail, head}, for methods that
// learn from single edges (LINE: Tang et al., WWW 2015, section 4.1.3).
//
// Each draw takes an arc in proportion to its weight (any arc alike in an
// unweighted graph), with replacement, so an epoch is a number of draws and no
// pass. An undirected edge is two arcs and may come either way; a self-loop is
// one.
//
// A draw takes the tail by the sum of its weights, then one of its arcs: two
// alias tables, exact, O(arcs) to build, 8 bytes a node and, if weighted,
// 8 bytes an arc.
//
// Draw i of chunk c of an epoch uses words 4 i .. 4 i + 3 of the stream (seed,
// kEdgeDraws, epoch, c): it depends on nothing else.
#ifndef EMBED_GRAPH_EDGE_SOURCE_H_
#define EMBED_GRAPH_EDGE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/alias_table.h"
#include "embed/train/sequence_source.h"
#include "graph/alias_rows.h"
#include "graph/graph.h"

namespace embed {

// The weights of the arcs that leave each node, summed; its out-degree in an
// unweighted graph.
std::vector<double> OutWeights(const Graph& graph);
// The same of the arcs that lead to each node.
std::vector<double> InWeights(const Graph& graph);

struct EdgeSourceOptions {
  uint64_t draws_per_epoch = 0;  // 0: as many as the graph has arcs
  uint64_t seed = 1;
  int threads = 1;  // for building tables; the result is the same for any
};

// Thread-safe, as SequenceSource asks.
class EdgeSource : public SequenceSource {
 public:
  // Draws of a chunk: some milliseconds of training.
  static constexpr uint64_t kChunkDraws = 16384;

  // By weight if the graph has weights. `graph` must outlive the source.
  // InvalidArgument: no arc, more than 2^62 draws, weights whose sum overflows.
  // ResourceExhausted: no memory for tables.
  static absl::StatusOr<std::unique_ptr<EdgeSource>> Create(
      const Graph& graph, const EdgeSourceOptions& options);

  uint64_t num_chunks() const override {
    return (draws_ + kChunkDraws - 1) / kChunkDraws;
  }
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override;

  uint64_t draws_per_epoch() const { return draws_; }

 private:
  EdgeSource(const Graph& graph, const EdgeSourceOptions& options,
             AliasTable tails, std::optional<AliasRows> heads);

  // Makes ids[2 i] and ids[2 i + 1] the arc that the words of draw i take.
  void Draw(absl::Span<const uint32_t> words, absl::Span<uint32_t> ids) const;

  const Graph& graph_;
  const uint64_t draws_;
  const uint64_t seed_;
  const AliasTable tails_;
  const std::optional<AliasRows> heads_;  // none in an unweighted graph
};

}  // namespace embed

#endif  // EMBED_GRAPH_EDGE_SOURCE_H_
