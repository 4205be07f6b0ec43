// An alias table for each row of a graph: draws one of a node's arcs in
// proportion to any weights, one lookup a draw, 8 bytes an arc.
//
// A bucket is one word that answers the draw by itself, so that it costs one
// cache miss: the target of its own arc, the target of its alias, and as many
// leading bits of its threshold as are left,
//
//     threshold (32 bits, or what is left) | 0 | alias (b bits) | own (b bits)
//
// with b the bits of a node's number. The bits that are left out matter only
// to a draw whose leading bits equal those of the threshold, one in 2^20 in a
// graph of four million nodes; it builds the table of the row once more, and
// thus is as exact as all others. Where ids leave too few bits, from 2^26
// nodes on, a bucket holds the whole threshold and its alias, and its own
// target is read from the graph.
//
// Exactness as AliasTable, whose draws these are, bit for bit. Immutable and
// thread-safe.
#ifndef EMBED_GRAPH_ALIAS_ROWS_H_
#define EMBED_GRAPH_ALIAS_ROWS_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/kernels/alias_draw.h"
#include "graph/graph.h"

namespace embed {

// What the bits of a bucket are.
struct AliasLayout {
  // The one for a graph of `num_nodes` nodes.
  static AliasLayout For(uint64_t num_nodes);

  bool holds_own = true;    // or the graph has to be asked
  int id_bits = 0;          // of each id
  int threshold_shift = 0;  // to the bits of the threshold
};

class AliasRows {
 public:
  // Sets (*weights)[i] to the weight of the i-th arc of `node`; called for
  // nodes with arcs only, on several threads, with (*weights) of their number.
  // Kept, and called again by some draws: the same each time.
  using RowWeights =
      std::function<void(uint32_t node, std::vector<double>* weights)>;

  // `graph` must outlive the tables. O(arcs), on `threads` threads, the same
  // for any. InvalidArgument: a row whose weights are no distribution (see
  // BuildAliasEntries()). ResourceExhausted: no memory.
  static absl::StatusOr<AliasRows> Create(const Graph& graph,
                                          RowWeights row_weights, int threads) {
    return Create(graph, std::move(row_weights), threads,
                  AliasLayout::For(graph.num_nodes()));
  }
  // `layout` is that for num_nodes() nodes or more.
  static absl::StatusOr<AliasRows> Create(const Graph& graph,
                                          RowWeights row_weights, int threads,
                                          const AliasLayout& layout);
  // By the weights of the graph. InvalidArgument: it has none.
  static absl::StatusOr<AliasRows> OfWeights(const Graph& graph, int threads);

  // Draws in inner loops: a copy of all that most draws need, which stays in
  // registers whatever the loop writes. The tables must outlive it.
  class Reader {
   public:
    // Asks for what Target() reads.
    void Prefetch(uint64_t arc) const {
      __builtin_prefetch(buckets_ + arc);
      if (!holds_own_) __builtin_prefetch(targets_ + arc);
    }

    // The vertex that the bucket of `arc`, an arc of `node`, gives for a random
    // word.
    uint32_t Target(uint32_t node, uint64_t arc, uint32_t word) const {
      const uint64_t bucket = buckets_[arc];
      const uint64_t draw = uint64_t{word} << 32;
      if (ABSL_PREDICT_FALSE((bucket ^ draw) <= rest_mask_)) {
        return rows_->TargetByRow(node, arc, word);
      }
      // By a mask: a branch here is a toss-up.
      const uint64_t by_alias = -static_cast<uint64_t>(draw >= bucket);
      if (!holds_own_) {
        return static_cast<uint32_t>((bucket & by_alias) |
                                     (targets_[arc] & ~by_alias));
      }
      return static_cast<uint32_t>(bucket >> (id_bits_ & by_alias) & id_mask_);
    }

   private:
    friend class AliasRows;
    explicit Reader(const AliasRows& rows)
        : rows_(&rows),
          buckets_(rows.buckets_),
          targets_(rows.graph_->targets()),
          rest_mask_((uint64_t{1} << rows.layout_.threshold_shift) - 1),
          id_mask_((uint64_t{1} << rows.layout_.id_bits) - 1),
          id_bits_(static_cast<uint64_t>(rows.layout_.id_bits)),
          holds_own_(rows.layout_.holds_own) {}

    const AliasRows* rows_;
    const uint64_t* buckets_;
    const uint32_t* targets_;
    uint64_t rest_mask_;  // the bits of a bucket below its threshold
    uint64_t id_mask_;
    uint64_t id_bits_;
    bool holds_own_;
  };
  Reader reader() const { return Reader(*this); }

  // As those of the reader.
  void Prefetch(uint64_t arc) const { reader().Prefetch(arc); }
  uint32_t Target(uint32_t node, uint64_t arc, uint32_t word) const {
    return reader().Target(node, arc, word);
  }

 private:
  AliasRows(const Graph& graph, RowWeights row_weights,
            const AliasLayout& layout, AlignedBuffer memory)
      : graph_(&graph),
        row_weights_(std::move(row_weights)),
        layout_(layout),
        memory_(std::move(memory)),
        buckets_(static_cast<const uint64_t*>(memory_.data())) {}

  // Target() by the whole threshold; O(degree).
  uint32_t TargetByRow(uint32_t node, uint64_t arc, uint32_t word) const;

  const Graph* graph_;
  RowWeights row_weights_;
  AliasLayout layout_;
  AlignedBuffer memory_;
  const uint64_t* buckets_;  // in it, one an arc
};

}  // namespace embed

#endif  // EMBED_GRAPH_ALIAS_ROWS_H_
