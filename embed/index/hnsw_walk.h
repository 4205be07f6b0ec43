// One query's way through an HnswGraph, by the 8-bit scores of rows.
#ifndef EMBED_INDEX_HNSW_WALK_H_
#define EMBED_INDEX_HNSW_WALK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_scratch.h"
#include "embed/kernels/bit_count.h"
#include "embed/kernels/int8_rows.h"

namespace embed {

// Holds references to all it is given. What it found is in scratch->frontier.
//
// A walk goes by steps, each of which asks memory for what the next one reads:
// links, or rows to score. So walks that take turns wait for memory together
// (TakeTurns()), and one alone goes through the same states.
class HnswWalk {
 public:
  // rows: of the table that the graph was built for.
  HnswWalk(const HnswGraph& graph, const Int8RowTable& rows,
           const Int8RowQuery& query, HnswScratch* scratch)
      : graph_(graph), rows_(rows), query_(query), scratch_(*scratch) {}

  // Begins to fill the frontier with the best `ef` rows it comes by on `level`;
  // done when Step() returns false. It behaves as if row `hidden` were not
  // there; kNoRow: none is hidden. The entry point cannot be hidden.
  void Start(size_t ef, uint32_t hidden = HnswGraph::kNoRow,
             uint32_t level = 0);
  bool Step();
  // All of it.
  void Run(size_t ef, uint32_t hidden = HnswGraph::kNoRow, uint32_t level = 0) {
    Start(ef, hidden, level);
    while (Step()) {
    }
  }

  // As Run(), with rows of `allowed` only. Links to other rows are followed one
  // further, so that the allowed rows hold together, as in ACORN-1 of Patel and
  // others (2024), "ACORN: Performant and Predicate-Agnostic Search Over Vector
  // Embeddings and Structured Data". Where too few allowed rows come up, the
  // others are walked through as well. Ends, unfinished, once `most` rows were
  // scored: then false.
  bool RunAllowed(size_t ef, absl::Span<const uint64_t> allowed, uint64_t most);

 private:
  struct Best {
    uint32_t row;
    float score;
  };

  void Enter(uint32_t hidden, uint32_t to_level);
  void GatherUpper();
  void Climb();
  void Arrive();
  void Follow();
  void FollowAllowed(uint32_t row, absl::Span<const uint64_t> allowed);
  void AddRow(uint32_t row);
  void DivideLinks(uint32_t row, absl::Span<const uint64_t> allowed,
                   std::vector<uint32_t>* others);
  size_t AddNew();
  size_t ScoreInto(absl::Span<const uint32_t> rows, HnswFrontier* frontier);
  void PrefetchLinks(uint32_t row) const;

  const HnswGraph& graph_;
  const Int8RowTable rows_;
  const Int8RowQuery& query_;
  HnswScratch& scratch_;
  uint32_t hidden_ = HnswGraph::kNoRow;
  uint32_t to_level_ = 0;
  // Above to_level_ on the way down, by the best row alone.
  uint32_t level_ = 0;
  Best best_ = {};
  // What the last step gathered, if it did, for the next to score.
  bool has_gathered_ = false;
  absl::Span<const uint32_t> gathered_;
  uint64_t scored_ = 0;
  // Before these places of frontier and passages all were followed.
  size_t next_ = 0;
  size_t next_passage_ = 0;
};

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_WALK_H_
