#include "benchmarks/embed/index/hnsw_peers.h"

#if __has_include(<hnswlib/hnswlib.h>)
#include <hnswlib/hnswlib.h>
#define EMBED_HAS_HNSWLIB 1
#endif

namespace embed {

#ifdef EMBED_HAS_HNSWLIB

namespace {

class Hnswlib : public SearchPeer {
 public:
  Hnswlib(int m, int ef_construction)
      : m_(m), ef_construction_(ef_construction) {}

  void Build(const MatrixView& rows) override {
    space_ = std::make_unique<hnswlib::InnerProductSpace>(rows.dim);
    index_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(
        space_.get(), rows.rows, m_, ef_construction_);
    for (uint64_t i = 0; i < rows.rows; ++i) {
      index_->addPoint(rows.row(i).data(), i);
    }
  }

  std::vector<uint32_t> Search(const MatrixView& queries, int k,
                               int ef) override {
    index_->setEf(ef);
    std::vector<uint32_t> ids(queries.rows * k);
    for (uint64_t q = 0; q < queries.rows; ++q) {
      auto found = index_->searchKnn(queries.row(q).data(), k);
      for (; !found.empty(); found.pop()) {  // the worst first
        ids[q * k + found.size() - 1] =
            static_cast<uint32_t>(found.top().second);
      }
    }
    return ids;
  }

 private:
  int m_;
  int ef_construction_;
  std::unique_ptr<hnswlib::InnerProductSpace> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace

std::unique_ptr<SearchPeer> MakeHnswlib(int m, int ef_construction) {
  return std::make_unique<Hnswlib>(m, ef_construction);
}

#else

std::unique_ptr<SearchPeer> MakeHnswlib(int /*m*/, int /*ef_construction*/) {
  return nullptr;
}

#endif

}  // namespace embed
