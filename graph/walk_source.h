// Random walks over a graph as training sequences (DeepWalk: Perozzi, Al-Rfou,
// Skiena, KDD 2014, algorithm 1).
//
// An epoch is walks_per_node passes. Each pass starts one walk from every node,
// in an order shuffled anew for each pass (lines 3 to 7 of the algorithm). A
// walk has walk_length vertices, its start included; it ends early where no arc
// leaves, and is supplied all the same: an isolated node's has one vertex.
//
// Walk s of an epoch, s = pass * num_nodes + position, depends on (seed, epoch,
// s) only: neither on threads nor on the order in which chunks are read.
#ifndef EMBED_GRAPH_WALK_SOURCE_H_
#define EMBED_GRAPH_WALK_SOURCE_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/train/sequence_source.h"
#include "graph/graph.h"
#include "graph/walk_options.h"

namespace embed {

// Which walks to make: walk first + i of `epoch` starts at starts[i].
struct WalkTask {
  uint64_t seed;
  uint32_t epoch;
  uint64_t first;
  absl::Span<const uint32_t> starts;
  uint64_t walk_length;
};

// Thread-safe, as SequenceSource asks.
class WalkSource : public SequenceSource {
 public:
  // Walks by the policy that the options ask for. `graph` must outlive the
  // source. InvalidArgument: options, an empty graph, weighted walks over a
  // graph without weights, a degree penalty in a directed graph.
  // ResourceExhausted: no memory for tables.
  static absl::StatusOr<std::unique_ptr<WalkSource>> Create(
      const Graph& graph, const WalkOptions& options);

  uint64_t num_chunks() const override {
    return (num_walks_ + walks_per_chunk_ - 1) / walks_per_chunk_;
  }
  absl::Status Read(uint32_t epoch, uint64_t chunk,
                    SequenceBatch* batch) override;

  // Walks in one epoch.
  uint64_t num_walks() const { return num_walks_; }

 protected:
  WalkSource(const Graph& graph, const WalkOptions& options)
      : WalkSource(options, 0, graph.num_nodes()) {}
  // Walks start from the nodes first_start .. end_start - 1 only, at least one;
  // for "node" in the file's comment read one of those.
  WalkSource(const WalkOptions& options, uint32_t first_start,
             uint32_t end_start);

  // Makes the walks of the task the sequences of the batch, in order; it comes
  // without sequences, but with the ids of another. Thread-safe.
  virtual void FillBatch(const WalkTask& task, SequenceBatch* batch) const = 0;

 private:
  WalkOptions options_;
  uint32_t first_start_;
  uint32_t num_starts_;
  uint64_t num_walks_;
  uint64_t walks_per_chunk_;
};

}  // namespace embed

#endif  // EMBED_GRAPH_WALK_SOURCE_H_
