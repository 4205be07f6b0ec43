// What HnswGraph::Search() consists of, for what measures or tunes it.
#ifndef EMBED_INDEX_HNSW_SEARCH_H_
#define EMBED_INDEX_HNSW_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_scratch.h"
#include "embed/index/int8_query.h"
#include "embed/index/int8_table.h"

namespace embed {

// The k best rows of a walk of `ef`, scored with the float query; `hidden`: a
// row that is not there (HnswWalk).
std::vector<SearchHit> SearchByWalk(const HnswGraph& graph,
                                    const Int8Table& table,
                                    const Int8TableQuery& query, uint64_t k,
                                    uint64_t ef, uint32_t hidden,
                                    HnswScratch* scratch);

// How to search the allowed rows.
enum class AllowedWay {
  kChosen,  // as is faster, or where walks find too few
  kWalk,    // through the graph; it may end with fewer than k rows
  kScan,    // score all of them
};

// queries, options: checked, options.k at most table.rows(), options.ef_search
// positive, options.allowed not empty.
SearchHits SearchAllowed(const HnswGraph& graph, const Int8Table& table,
                         const MatrixView& queries,
                         const SearchOptions& options, AllowedWay way);

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_SEARCH_H_
