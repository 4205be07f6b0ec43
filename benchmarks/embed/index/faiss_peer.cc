#include <omp.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "benchmarks/embed/index/search_peers.h"
#include "faiss/IndexHNSW.h"
#include "faiss/IndexIVF.h"
#include "faiss/index_factory.h"
#include "faiss/index_io.h"

namespace embed {
namespace {

class FaissPeer : public SearchPeer {
 public:
  FaissPeer(const std::string& factory, const PeerOptions& options)
      : factory_(factory), options_(options) {}

  std::string Build(const MatrixView& rows) override {
    omp_set_num_threads(options_.build_threads);
    const auto count = static_cast<int64_t>(rows.rows);
    try {
      index_.reset(faiss::index_factory(rows.dim, factory_.c_str(),
                                        faiss::METRIC_INNER_PRODUCT));
      graph_ = dynamic_cast<faiss::IndexHNSW*>(index_.get());
      lists_ = dynamic_cast<faiss::IndexIVF*>(index_.get());
      if (graph_ != nullptr) {
        graph_->hnsw.efConstruction = options_.ef_construction;
      }
      index_->train(count, rows.data);
      index_->add(count, rows.data);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  std::string Write(const std::string& path) override {
    try {
      faiss::write_index(index_.get(), path.c_str());
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  }

  PeerEffort effort() const override {
    if (graph_ != nullptr) return PeerEffort::kGraph;
    return lists_ != nullptr ? PeerEffort::kLists : PeerEffort::kNone;
  }
  void SetEffort(int effort) override {
    if (graph_ != nullptr) graph_->hnsw.efSearch = effort;
    if (lists_ != nullptr) lists_->nprobe = static_cast<size_t>(effort);
  }

  void Search(const float* queries, uint64_t count, int k,
              uint32_t* ids) override {
    omp_set_num_threads(1);  // of the calling thread
    std::vector<int64_t> found(count * k);
    std::vector<float> scores(count * k);
    index_->search(static_cast<int64_t>(count), queries, k, scores.data(),
                   found.data());
    std::copy(found.begin(), found.end(), ids);
  }

 private:
  const std::string factory_;
  const PeerOptions options_;
  std::unique_ptr<faiss::Index> index_;
  faiss::IndexHNSW* graph_ = nullptr;  // index_, if it is that
  faiss::IndexIVF* lists_ = nullptr;
};

}  // namespace

std::unique_ptr<SearchPeer> MakeFaissPeer(const std::string& name,
                                          const PeerOptions& options) {
  if (!absl::StartsWith(name, "FAISS ")) return nullptr;
  std::string factory = name.substr(6);
  if (factory == "HNSWFlat") factory = absl::StrCat("HNSW", options.m, ",Flat");
  if (factory == "HNSWSQ") factory = absl::StrCat("HNSW", options.m, ",SQ8");
  if (factory == "IVFFlat")
    factory = absl::StrCat("IVF", options.lists, ",Flat");
  return std::make_unique<FaissPeer>(factory, options);
}

}  // namespace embed
