// Other libraries' HNSW over float32 rows, behind one face.
#ifndef EMBED_BENCHMARKS_EMBED_INDEX_HNSW_PEERS_H_
#define EMBED_BENCHMARKS_EMBED_INDEX_HNSW_PEERS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "embed/math/matrix_view.h"

namespace embed {

// One thread; ranks by dot product.
class SearchPeer {
 public:
  virtual ~SearchPeer() = default;
  // Inserts all rows.
  virtual void Build(const MatrixView& rows) = 0;
  // The k nearest rows for each query, best first, one query at a time.
  virtual std::vector<uint32_t> Search(const MatrixView& queries, int k,
                                       int ef) = 0;
};

// hnswlib's header, compiled for this machine; null where it is not installed.
std::unique_ptr<SearchPeer> MakeHnswlib(int m, int ef_construction);

// faiss::IndexHNSWFlat of the library linked here.
std::unique_ptr<SearchPeer> MakeFaissHnsw(int m, int ef_construction);

}  // namespace embed

#endif  // EMBED_BENCHMARKS_EMBED_INDEX_HNSW_PEERS_H_
