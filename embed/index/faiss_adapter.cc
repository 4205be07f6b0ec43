#include "embed/index/faiss_adapter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "embed/index/int8_query.h"
#include "faiss/Index.h"
#include "faiss/IndexIVF.h"
#include "faiss/impl/AuxIndexStructures.h"
#include "faiss/impl/DistanceComputer.h"
#include "faiss/impl/FaissAssert.h"
#include "faiss/impl/HNSW.h"
#include "faiss/impl/IDSelector.h"

namespace embed {
namespace {

// The methods of FAISS that cannot work here say so.
constexpr char kReadOnly[] =
    "an embed::Int8Table cannot be changed; build a new one";

// What turns the table's score for a query into FAISS's: |x| if it is a cosine.
float ScoreFactor(const Int8Table& table, const float* x) {
  if (table.metric() != Metric::kCosine) return 1;
  double sum = 0;
  for (int j = 0; j < table.dim(); ++j) sum += double{x[j]} * x[j];
  return static_cast<float>(std::sqrt(sum));
}

faiss::MetricType FaissMetric(const Int8Table& table) {
  return table.metric() == Metric::kL2 ? faiss::METRIC_L2
                                       : faiss::METRIC_INNER_PRODUCT;
}

// Scores rows one by one, as graph traversal wants it.
class Int8DistanceComputer : public faiss::DistanceComputer {
 public:
  explicit Int8DistanceComputer(const Int8Table& table) : table_(table) {}

  void set_query(const float* x) override {
    const size_t dim = static_cast<size_t>(table_.dim());
    query_.emplace(table_, absl::MakeConstSpan(x, dim));
    factor_ = ScoreFactor(table_, x);
  }
  float operator()(int64_t i) override {
    return factor_ * query_->Reported(query_->Score(static_cast<uint32_t>(i)));
  }
  float symmetric_dis(int64_t i, int64_t j) override {
    std::vector<float> a(table_.dim());
    std::vector<float> b(table_.dim());
    table_.Row(static_cast<uint64_t>(i), absl::MakeSpan(a));
    table_.Row(static_cast<uint64_t>(j), absl::MakeSpan(b));
    return static_cast<float>(table_.metric() == Metric::kL2
                                  ? -Nearness(Metric::kL2, a, b)
                                  : Nearness(Metric::kDot, a, b));
  }

 private:
  const Int8Table& table_;
  std::optional<Int8TableQuery> query_;
  float factor_ = 0;
};

class Int8FaissIndex : public faiss::Index {
 public:
  Int8FaissIndex(const Int8Table& table, int threads, const HnswGraph* graph,
                 const IvfLists* lists)
      : faiss::Index(table.dim(), FaissMetric(table)),
        table_(table),
        graph_(graph),
        lists_(lists) {
    ntotal = static_cast<int64_t>(table.rows());
    options_.threads = threads;
  }

  void add(int64_t /*n*/, const float* /*x*/) override {
    FAISS_THROW_MSG(kReadOnly);
  }
  void reset() override { FAISS_THROW_MSG(kReadOnly); }

  void search(int64_t n, const float* x, int64_t k, float* distances,
              int64_t* labels,
              const faiss::SearchParameters* params) const override {
    FAISS_THROW_IF_NOT_MSG(k > 0, "k must be at least 1");
    const std::vector<uint64_t> allowed = Allowed(params);
    SearchOptions options = options_;
    options.k = static_cast<uint64_t>(k);
    options.allowed = allowed;
    options.ef_search = EfSearch(params);
    options.together = static_cast<uint64_t>(n);
    options.nprobe = Nprobe(params);
    const SearchHits hits = ValueOrThrow(SearchRows(Queries(x, n), options));
    // What FAISS itself puts where there is no hit.
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const float no_hit =
        metric_type == faiss::METRIC_L2 ? kInfinity : -kInfinity;
    for (int64_t i = 0; i < n; ++i) {
      const std::vector<SearchHit>& found = hits[i];
      const float factor = ScoreFactor(table_, x + i * d);
      for (int64_t rank = 0; rank < k; ++rank) {
        const bool hit = rank < static_cast<int64_t>(found.size());
        labels[i * k + rank] = hit ? static_cast<int64_t>(found[rank].id) : -1;
        distances[i * k + rank] = hit ? factor * found[rank].score : no_hit;
      }
    }
  }

  void range_search(int64_t n, const float* x, float radius,
                    faiss::RangeSearchResult* result,
                    const faiss::SearchParameters* params) const override {
    const std::vector<uint64_t> allowed = Allowed(params);
    SearchOptions options = options_;
    options.allowed = allowed;
    faiss::RangeSearchPartialResult partial(result);
    for (int64_t i = 0; i < n; ++i) {
      faiss::RangeQueryResult& query_result = partial.new_result(i);
      const float factor = ScoreFactor(table_, x + i * d);
      const SearchHits hits = ValueOrThrow(table_.RangeSearch(
          Queries(x + i * d, 1), Limit(radius, factor), options));
      for (const SearchHit& hit : hits[0]) {
        const float score = factor * hit.score;
        const bool passes =
            metric_type == faiss::METRIC_L2 ? score < radius : score > radius;
        if (passes) query_result.add(score, hit.id);
      }
    }
    partial.finalize();
  }

  void reconstruct(int64_t key, float* recons) const override {
    FAISS_THROW_IF_NOT_MSG(key >= 0 && key < ntotal, "no such row");
    table_.Row(static_cast<uint64_t>(key),
               absl::MakeSpan(recons, static_cast<size_t>(d)));
  }

  faiss::DistanceComputer* get_distance_computer() const override {
    return new Int8DistanceComputer(table_);  // FAISS deletes it
  }

 private:
  // A score of the table that all that can pass are as near as; what passes is
  // decided by FAISS's score.
  float Limit(float radius, float factor) const {
    if (table_.metric() != Metric::kCosine) return radius;
    return factor > 0 ? radius / factor - 1e-6f : -1;
  }

  absl::StatusOr<SearchHits> SearchRows(const MatrixView& queries,
                                        const SearchOptions& options) const {
    if (graph_ != nullptr) return graph_->Search(table_, queries, options);
    if (lists_ != nullptr) return lists_->Search(table_, queries, options);
    return table_.Search(queries, options);
  }

  MatrixView Queries(const float* x, int64_t n) const {
    return {x, static_cast<uint64_t>(n), d, static_cast<uint64_t>(d)};
  }

  // 0: that of the graph.
  static int EfSearch(const faiss::SearchParameters* params) {
    const auto* graph_params =
        dynamic_cast<const faiss::SearchParametersHNSW*>(params);
    return graph_params == nullptr ? 0 : graph_params->efSearch;
  }

  // 0: that of the lists.
  static int Nprobe(const faiss::SearchParameters* params) {
    const auto* list_params =
        dynamic_cast<const faiss::SearchParametersIVF*>(params);
    if (list_params == nullptr) return 0;
    FAISS_THROW_IF_NOT_MSG(
        list_params->max_codes == 0 && list_params->quantizer_params == nullptr,
        "max_codes and quantizer_params do not work with embed::IvfLists");
    return static_cast<int>(
        std::min<size_t>(list_params->nprobe, kMaxIvfLists));
  }

  // The rows that the selector of `params` accepts; empty if it has none.
  std::vector<uint64_t> Allowed(const faiss::SearchParameters* params) const {
    std::vector<uint64_t> bits;
    if (params == nullptr || params->sel == nullptr) return bits;
    bits.resize((table_.rows() + 63) / 64);
    for (int64_t i = 0; i < ntotal; ++i) {
      bits[i / 64] |= uint64_t{params->sel->is_member(i)} << (i % 64);
    }
    return bits;
  }

  static SearchHits ValueOrThrow(absl::StatusOr<SearchHits> hits) {
    if (!hits.ok()) FAISS_THROW_MSG(std::string(hits.status().message()));
    return *std::move(hits);
  }

  const Int8Table& table_;
  const HnswGraph* const graph_;
  const IvfLists* const lists_;
  SearchOptions options_;
};

}  // namespace

std::unique_ptr<faiss::Index> MakeFaissIndex(const Int8Table& table,
                                             int threads,
                                             const HnswGraph* graph,
                                             const IvfLists* lists) {
  return std::make_unique<Int8FaissIndex>(table, threads, graph, lists);
}

}  // namespace embed
