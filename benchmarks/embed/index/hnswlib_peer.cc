#include "benchmarks/embed/index/search_peers.h"

#ifdef EMBED_HAS_HNSWLIB
#include <hnswlib/hnswlib.h>

#include <atomic>
#include <thread>
#endif

namespace embed {

#ifdef EMBED_HAS_HNSWLIB

namespace {

class HnswlibPeer : public SearchPeer {
 public:
  explicit HnswlibPeer(const PeerOptions& options) : options_(options) {}

  std::string Build(const MatrixView& rows) override {
    dim_ = static_cast<size_t>(rows.dim);
    space_ = std::make_unique<hnswlib::InnerProductSpace>(dim_);
    index_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(
        space_.get(), rows.rows, options_.m, options_.ef_construction);
    std::atomic<uint64_t> next{0};
    const auto add = [&] {
      for (uint64_t i = next++; i < rows.rows; i = next++) {
        index_->addPoint(rows.row(i).data(), i);
      }
    };
    std::vector<std::thread> threads;
    for (int t = 1; t < options_.build_threads; ++t) threads.emplace_back(add);
    add();
    for (std::thread& thread : threads) thread.join();
    return "";
  }

  std::string Write(const std::string& path) override {
    index_->saveIndex(path);
    return "";
  }

  PeerEffort effort() const override { return PeerEffort::kGraph; }
  void SetEffort(int effort) override {
    index_->setEf(static_cast<size_t>(effort));
  }

  bool takes_batches() const override { return false; }
  void Search(const float* queries, uint64_t count, int k,
              uint32_t* ids) override {
    for (uint64_t i = 0; i < count; ++i, ids += k) {
      auto found = index_->searchKnn(queries + i * dim_, k);
      for (; !found.empty(); found.pop()) {  // the worst first
        ids[found.size() - 1] = static_cast<uint32_t>(found.top().second);
      }
    }
  }

 private:
  const PeerOptions options_;
  size_t dim_ = 0;
  std::unique_ptr<hnswlib::InnerProductSpace> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace

std::unique_ptr<SearchPeer> MakeHnswlibPeer(const std::string& name,
                                            const PeerOptions& options) {
  if (name != "hnswlib") return nullptr;
  return std::make_unique<HnswlibPeer>(options);
}

#else

std::unique_ptr<SearchPeer> MakeHnswlibPeer(const std::string& /*name*/,
                                            const PeerOptions& /*options*/) {
  return nullptr;
}

#endif

}  // namespace embed
