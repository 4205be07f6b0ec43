// What HnswGraph::Search() consists of, for what measures, tunes or filters it.
#ifndef EMBED_INDEX_HNSW_SEARCH_H_
#define EMBED_INDEX_HNSW_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_scratch.h"
#include "embed/index/int8_query.h"
#include "embed/index/int8_table.h"

namespace embed {

// The k best rows of a frontier, of those allowed (empty: of all; else one bit
// a row), scored with the float query.
std::vector<SearchHit> BestOfFrontier(const Int8TableQuery& query, uint64_t k,
                                      const HnswFrontier& frontier,
                                      absl::Span<const uint64_t> allowed);

// The k best rows of a walk of `ef`; `hidden`: a row that is not there
// (HnswWalk).
std::vector<SearchHit> SearchByWalk(const HnswGraph& graph,
                                    const Int8Table& table,
                                    const Int8TableQuery& query, uint64_t k,
                                    uint64_t ef, uint32_t hidden,
                                    HnswScratch* scratch);

// How many rows a walk keeps in view, and which of them are its hits.
struct HnswReach {
  uint64_t k = 0;
  uint64_t ef = 0;
  absl::Span<const uint64_t> allowed;
};

// Sets hits[i] to those of queries.row(i), by walks that take turns.
void SearchByWalks(const HnswGraph& graph, const Int8Table& table,
                   const MatrixView& queries, const HnswReach& reach,
                   int threads, SearchHits* hits);

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_SEARCH_H_
