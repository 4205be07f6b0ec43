#include "apps/recall_run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "embed/base/status_macros.h"
#include "embed/eval/unit_rows.h"

namespace embed {
namespace {

// Queries given to a table together, as embedquery does.
constexpr size_t kRecallBatch = 256;

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

absl::StatusOr<RecallRun> RecallRun::Create(const MatrixView& vectors,
                                            Metric metric,
                                            std::vector<uint32_t> queries,
                                            std::vector<uint64_t> cutoffs,
                                            int threads) {
  RecallRun run;
  run.vectors_ = vectors;
  run.metric_ = metric;
  run.queries_ = std::move(queries);
  run.cutoffs_ = std::move(cutoffs);
  run.threads_ = threads;
  if (metric == Metric::kCosine) {
    EMBED_ASSIGN_OR_RETURN(run.unit_, UnitRows(vectors));
  }
  const uint64_t most =
      *std::max_element(run.cutoffs_.begin(), run.cutoffs_.end());
  const Stopwatch time;
  run.exact_ =
      NearestRows(run.exact_rows(), run.queries_, most, threads, metric);
  run.exact_per_second_ =
      static_cast<double>(run.queries_.size()) / time.Seconds();
  return run;
}

absl::StatusOr<std::vector<RecallOfK>> RecallRun::Measure(
    const Search& search) const {
  std::vector<RecallOfK> rows;
  for (const uint64_t k : cutoffs_) {
    const Stopwatch time;
    EMBED_ASSIGN_OR_RETURN(const Answers answers, Ask(search, k));
    RecallOfK row;
    row.k = k;
    row.queries_per_second =
        static_cast<double>(queries_.size()) / time.Seconds();
    row.result =
        MeasureRecall(exact_rows(), queries_, exact_, answers, k, metric_);
    rows.push_back(row);
  }
  return rows;
}

absl::StatusOr<RecallRun::Answers> RecallRun::Ask(const Search& search,
                                                  uint64_t k) const {
  Answers answers;
  SearchOptions options;
  options.k = k + 1;
  options.threads = threads_;
  const float sign = metric_ == Metric::kL2 ? -1 : 1;
  const size_t dim = static_cast<size_t>(vectors_.dim);
  std::vector<float> batch;
  const auto ask = [&]() -> absl::Status {
    EMBED_ASSIGN_OR_RETURN(
        const SearchHits hits,
        search({batch.data(), batch.size() / dim, vectors_.dim, dim}, options));
    for (const std::vector<SearchHit>& found : hits) {
      const uint32_t own = queries_[answers.size()];
      std::vector<ScoredRow>& answer = answers.emplace_back();
      for (const SearchHit& hit : found) {
        if (hit.id != own) answer.push_back({hit.id, sign * hit.score});
      }
      if (answer.size() > k) answer.pop_back();
    }
    batch.clear();
    return absl::OkStatus();
  };
  for (size_t i = 0; i < queries_.size(); ++i) {
    const absl::Span<const float> row = vectors_.row(queries_[i]);
    batch.insert(batch.end(), row.begin(), row.end());
    if ((i + 1) % kRecallBatch == 0) EMBED_RETURN_IF_ERROR(ask());
  }
  if (!batch.empty()) EMBED_RETURN_IF_ERROR(ask());
  return answers;
}

}  // namespace embed
