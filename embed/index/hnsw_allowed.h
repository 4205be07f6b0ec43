// Search among the allowed rows of an HnswGraph.
//
// Three ways, chosen by what they are expected to cost. Of N rows, A allowed,
// share s = A / N; costs in rows that one query scores where they lie:
//
//   scan     all allowed rows: A (1 / q + 0.08), of q queries together
//   walk     through the graph over all rows, of which w are kept in view:
//            40 w, w = max(ef, max(0.21 ef, 1.5 k) / s)
//   bridges  through the graph over allowed rows only, where a walk came by
//            fewer than k
//
// If the allowed rows are spread as all are, w s of them are in view, and of
// those the k nearest are found. Where the query's neighbours are mostly
// forbidden the walk over bridges leads to the others (HnswWalk::RunAllowed()),
// and where it ends with too few, or has scored half of the allowed rows, all
// are scanned.
//
// Measured (benchmarks/embed/index/filter_bench.cc, dim 128, ef 100, k 10; 0.1
// and 1 million rows): a row takes a lone query 12 and 14 to 39 ns, several
// together 0.9 ns; a walk takes 0.5 and 0.8 us for each row in view.
#ifndef EMBED_INDEX_HNSW_ALLOWED_H_
#define EMBED_INDEX_HNSW_ALLOWED_H_

#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"

namespace embed {

enum class AllowedWay {
  kChosen,
  kScan,
  kWalk,     // alone: may end with fewer than k rows
  kBridges,  // alone: may end with fewer than k rows
};

// queries, options: checked, options.k at most table.rows(), options.ef_search
// positive, options.allowed not empty. The same for any number of threads.
SearchHits SearchAllowed(const HnswGraph& graph, const Int8Table& table,
                         const MatrixView& queries,
                         const SearchOptions& options, AllowedWay way);

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_ALLOWED_H_
