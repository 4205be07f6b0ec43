// An Int8Table as a faiss::Index, for programs that are written against FAISS
// and for FAISS structures that take any index as their storage.
//
// Metric: METRIC_INNER_PRODUCT between the query as given and the table's rows,
// of a table by cosine unit rows, so |query| * cosine; METRIC_L2 (squared) of a
// table by l2. Offered: search, range_search (both with the
// IDSelector of faiss::SearchParameters), reconstruct, get_distance_computer.
// With a graph, search goes through it; efSearch of
// faiss::SearchParametersHNSW is then its ef_search, and without such
// parameters the graph's own is used. With lists, search reads the nearest of
// them; nprobe of faiss::SearchParametersIVF is how many, and without such
// parameters the lists' own is used; its max_codes and quantizer_params are
// refused. With a selector more lists are read (ivf_lists.h). range_search is
// exact.
// The table cannot be changed: train() does nothing, add() and reset() throw.
// As everywhere in FAISS, errors are faiss::FaissException.
//
// Written for FAISS 1.7.3. Callers include <faiss/Index.h> themselves.
#ifndef EMBED_INDEX_FAISS_ADAPTER_H_
#define EMBED_INDEX_FAISS_ADAPTER_H_

#include <memory>

#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "embed/index/ivf_lists.h"

namespace faiss {
struct Index;
}  // namespace faiss

namespace embed {

// The index refers to the table, and the graph built for it or the lists of its
// rows if they are not null (one of them at most), which must outlive it. Ids
// are row numbers. threads: how many a search may use.
std::unique_ptr<faiss::Index> MakeFaissIndex(const Int8Table& table,
                                             int threads = 1,
                                             const HnswGraph* graph = nullptr,
                                             const IvfLists* lists = nullptr);

}  // namespace embed

#endif  // EMBED_INDEX_FAISS_ADAPTER_H_
