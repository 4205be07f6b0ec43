// Questions to tables of codes or numbers whose answers are known: the nearest
// other keys of keys, by exact search over the float32 vectors.
#ifndef EMBED_APPS_RECALL_RUN_H_
#define EMBED_APPS_RECALL_RUN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "embed/eval/search_recall.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"
#include "embed/model/embedding_table.h"

namespace embed {

struct RecallOfK {
  uint64_t k = 0;
  SearchRecall result;
  double queries_per_second = 0;
};

class RecallRun {
 public:
  // What is asked: the nearest rows of queries.
  using Search = std::function<absl::StatusOr<SearchHits>(
      const MatrixView& queries, const SearchOptions& options)>;

  // vectors: finite, kept by the caller; of each k in cutoffs the k nearest are
  // asked for. Does the exact search.
  static absl::StatusOr<RecallRun> Create(const MatrixView& vectors,
                                          Metric metric,
                                          std::vector<uint32_t> queries,
                                          std::vector<uint64_t> cutoffs,
                                          int threads);

  // What `search` over the same rows finds of it, for each cutoff. Its queries
  // come in batches of 256, as those of embedquery do.
  absl::StatusOr<std::vector<RecallOfK>> Measure(const Search& search) const;

  // Of exact search, for the largest k.
  double exact_per_second() const { return exact_per_second_; }
  uint64_t num_queries() const { return queries_.size(); }

 private:
  using Answers = std::vector<std::vector<ScoredRow>>;

  RecallRun() = default;
  // The k nearest but the key itself of each query.
  absl::StatusOr<Answers> Ask(const Search& search, uint64_t k) const;
  // What scores are compared on.
  MatrixView exact_rows() const {
    return unit_.has_value() ? unit_->view() : vectors_;
  }

  MatrixView vectors_;
  std::optional<EmbeddingTable> unit_;  // by cosine
  Metric metric_ = Metric::kCosine;
  std::vector<uint32_t> queries_;
  std::vector<uint64_t> cutoffs_;
  int threads_ = 1;
  Answers exact_;
  double exact_per_second_ = 0;
};

}  // namespace embed

#endif  // EMBED_APPS_RECALL_RUN_H_
