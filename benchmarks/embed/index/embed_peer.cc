#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/embed/index/search_peers.h"
#include "embed/index/item_index.h"

namespace embed {
namespace {

class EmbedPeer : public SearchPeer {
 public:
  EmbedPeer(PeerEffort effort, bool with_f16, const PeerOptions& options)
      : effort_(effort) {
    options_.threads = options.build_threads;
    options_.rerank_f16 = with_f16;
    if (effort == PeerEffort::kGraph) {
      options_.hnsw.emplace();
      options_.hnsw->m = options.m;
      options_.hnsw->ef_construction = options.ef_construction;
      options_.hnsw->threads = options.build_threads;
    } else if (effort == PeerEffort::kLists) {
      options_.ivf.emplace();
      options_.ivf->lists = static_cast<uint32_t>(options.lists);
    }
  }

  std::string Build(const MatrixView& rows) override {
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < rows.rows; ++i) keys.push_back(std::to_string(i));
    const Vocabulary vocabulary =
        Vocabulary::Create(keys, std::vector<uint64_t>(rows.rows, 1)).value();
    auto index = ItemIndex::Build(vocabulary, rows, options_);
    if (!index.ok()) return index.status().ToString();
    index_.emplace(*std::move(index));
    // Lists change the order; the key says which row it was.
    for (uint32_t id = 0; id < rows.rows; ++id) {
      row_of_.push_back(0);
      if (!absl::SimpleAtoi(index_->key(id), &row_of_.back())) return "a key";
    }
    return "";
  }

  // Searched is then what the file holds, mapped, as programs have it.
  std::string Write(const std::string& path) override {
    const absl::Status status = index_->Write(path);
    if (!status.ok()) return status.ToString();
    auto index = ItemIndex::Open(path);
    if (!index.ok()) return index.status().ToString();
    index_.emplace(*std::move(index));
    return "";
  }

  PeerEffort effort() const override { return effort_; }
  void SetEffort(int effort) override {
    (effort_ == PeerEffort::kGraph ? search_.ef_search : search_.nprobe) =
        effort;
  }

  void Search(const float* queries, uint64_t count, int k,
              uint32_t* ids) override {
    SearchOptions search = search_;
    search.k = static_cast<uint64_t>(k);
    const uint64_t dim = static_cast<uint64_t>(index_->dim());
    const auto hits =
        index_->Search({queries, count, index_->dim(), dim}, search);
    if (!hits.ok()) return;
    for (const std::vector<SearchHit>& of_query : *hits) {
      uint32_t* id = ids;
      for (const SearchHit& hit : of_query) *id++ = row_of_[hit.id];
      ids += k;
    }
  }

 private:
  const PeerEffort effort_;
  ItemIndexOptions options_;
  SearchOptions search_;
  std::optional<ItemIndex> index_;
  std::vector<uint32_t> row_of_;
};

}  // namespace

std::unique_ptr<SearchPeer> MakeEmbedPeer(const std::string& name,
                                          const PeerOptions& options) {
  constexpr struct {
    const char* name;
    PeerEffort effort;
  } kKinds[] = {{"embed flat", PeerEffort::kNone},
                {"embed HNSW", PeerEffort::kGraph},
                {"embed IVF", PeerEffort::kLists}};
  for (const auto& kind : kKinds) {
    const bool with_f16 = name == absl::StrCat(kind.name, " f16");
    if (with_f16 || name == kind.name) {
      return std::make_unique<EmbedPeer>(kind.effort, with_f16, options);
    }
  }
  return nullptr;
}

}  // namespace embed
