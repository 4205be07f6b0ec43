#include <omp.h>

#include "benchmarks/embed/index/hnsw_peers.h"
#include "faiss/IndexHNSW.h"

namespace embed {
namespace {

class FaissHnsw : public SearchPeer {
 public:
  FaissHnsw(int m, int ef_construction)
      : m_(m), ef_construction_(ef_construction) {}

  void Build(const MatrixView& rows) override {
    omp_set_num_threads(1);
    index_ = std::make_unique<faiss::IndexHNSWFlat>(
        rows.dim, m_, faiss::METRIC_INNER_PRODUCT);
    index_->hnsw.efConstruction = ef_construction_;
    index_->add(static_cast<faiss::Index::idx_t>(rows.rows), rows.data);
  }

  std::vector<uint32_t> Search(const MatrixView& queries, int k,
                               int ef) override {
    index_->hnsw.efSearch = ef;
    std::vector<faiss::Index::idx_t> ids(queries.rows * k);
    std::vector<float> scores(ids.size());
    for (uint64_t q = 0; q < queries.rows; ++q) {
      index_->search(1, queries.row(q).data(), k, scores.data() + q * k,
                     ids.data() + q * k);
    }
    return {ids.begin(), ids.end()};
  }

 private:
  int m_;
  int ef_construction_;
  std::unique_ptr<faiss::IndexHNSWFlat> index_;
};

}  // namespace

std::unique_ptr<SearchPeer> MakeFaissHnsw(int m, int ef_construction) {
  return std::make_unique<FaissHnsw>(m, ef_construction);
}

}  // namespace embed
