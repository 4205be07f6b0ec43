// Search over an Int8Table: prepare, scan, score the candidates again.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/int8_query.h"
#include "embed/index/int8_table.h"

namespace embed {
namespace {

// Queries that share a scan, and the most candidates they may hold together
// (8 bytes each, twice).
constexpr uint64_t kQueriesAtOnce = 256;
constexpr uint64_t kMaxCandidates = uint64_t{1} << 24;
// With fewer queries a thread, threads share the rows instead: a batch of fewer
// queries leaves the kernel's tiles half empty.
constexpr uint64_t kMinQueriesPerThread = 12;

// What is asked of every query.
struct Request {
  uint64_t candidates = 0;
  uint64_t k = 0;
  float min_score = 0;
  bool range = false;  // only scores of at least min_score, of l2 at most
  absl::Span<const uint64_t> allowed;
  absl::Span<const uint32_t> ids;  // if not empty: only these rows
};

// A run of queries that are scanned together.
class Batch {
 public:
  Batch(const Int8Table& table, const Request& request,
        const MatrixView& queries, uint64_t begin, uint64_t end)
      : table_(table), request_(request), scan_(table.scan_table()) {
    if (!request.ids.empty()) {
      scan_.row_ids = request.ids;
      scan_.rows = request.ids.size();
    }
    for (uint64_t i = begin; i < end; ++i) {
      queries_.emplace_back(table, queries.row(i));
    }
    for (const Int8TableQuery& query : queries_) {
      scan_queries_.push_back(query.ScanQuery());
    }
  }

  // The candidates of all queries among the rows of [first, last) blocks.
  std::vector<Int8TopK> Scan(uint64_t first, uint64_t last) const {
    std::vector<Int8TopK> best;
    for (const Int8TableQuery& query : queries_) {
      best.emplace_back(request_.candidates, Floor(query));
    }
    ScanInt8(scan_, first, last, scan_queries_, request_.allowed,
             absl::MakeSpan(best));
    return best;
  }

  // The same with the rows shared by threads.
  std::vector<Int8TopK> ScanInParallel(int threads) const {
    const uint64_t blocks = num_blocks();
    const uint64_t parts =
        std::clamp<uint64_t>(static_cast<uint64_t>(threads), 1, blocks);
    std::vector<std::vector<Int8TopK>> best(parts);
    RunThreads(static_cast<int>(parts), [&](int part) {
      best[part] = Scan(blocks * part / parts, blocks * (part + 1) / parts);
    });
    for (uint64_t part = 1; part < parts; ++part) {
      for (size_t q = 0; q < queries_.size(); ++q) {
        best[0][q].Merge(best[part][q]);
      }
    }
    return std::move(best[0]);
  }

  // Scores the candidates of query `q` with its floats and sorts them.
  std::vector<SearchHit> Finish(size_t q, Int8TopK* best) const {
    std::vector<Int8Hit> candidates = best->TakeSorted();
    if (!request_.ids.empty()) {
      for (Int8Hit& hit : candidates) hit.row = request_.ids[hit.row];
    }
    for (const Int8Hit& hit : candidates) queries_[q].Prefetch(hit.row);
    for (Int8Hit& hit : candidates) hit.score = queries_[q].Score(hit.row);
    std::sort(candidates.begin(), candidates.end(), BetterHit());
    std::vector<SearchHit> hits;
    for (const Int8Hit& hit : candidates) {
      if (hits.size() == request_.k) break;
      const float score = queries_[q].Reported(hit.score);
      if (request_.range && !IsWanted(score)) break;
      hits.push_back({hit.row, score});
    }
    return hits;
  }

  size_t size() const { return queries_.size(); }
  uint64_t num_blocks() const { return Int8Blocks(scan_.rows); }

 private:
  bool IsWanted(float score) const {
    return table_.metric() == Metric::kL2 ? score <= request_.min_score
                                          : score >= request_.min_score;
  }

  // A scan score that no wanted row can be at or below.
  float Floor(const Int8TableQuery& query) const {
    constexpr float kNone = -std::numeric_limits<float>::infinity();
    if (!request_.range) return kNone;
    const double score =
        query.ScanScore(query.RankOf(request_.min_score)) - query.score_error();
    return std::nextafter(static_cast<float>(score / query.step()), kNone);
  }

  const Int8Table& table_;
  const Request& request_;
  Int8ScanTable scan_;
  std::vector<Int8TableQuery> queries_;
  std::vector<Int8Query> scan_queries_;
};

// The hits of queries [begin, end), on this thread alone.
void SearchQueries(const Int8Table& table, const Request& request,
                   const MatrixView& queries, uint64_t begin, uint64_t end,
                   SearchHits* hits) {
  const uint64_t batch_size = std::clamp<uint64_t>(
      kMaxCandidates / request.candidates, 1, kQueriesAtOnce);
  for (; begin < end; begin += batch_size) {
    const Batch batch(table, request, queries, begin,
                      std::min(end, begin + batch_size));
    std::vector<Int8TopK> best = batch.Scan(0, batch.num_blocks());
    for (size_t q = 0; q < batch.size(); ++q) {
      (*hits)[begin + q] = batch.Finish(q, &best[q]);
    }
  }
}

SearchHits Run(const Int8Table& table, const Request& request,
               const MatrixView& queries, int threads) {
  SearchHits hits(queries.rows);
  const uint64_t enough =
      kMinQueriesPerThread * static_cast<uint64_t>(std::max(1, threads));
  if (threads <= 1 || queries.rows >= enough) {
    ParallelFor(threads, queries.rows, [&](uint64_t begin, uint64_t end) {
      SearchQueries(table, request, queries, begin, end, &hits);
    });
    return hits;
  }
  const Batch batch(table, request, queries, 0, queries.rows);
  std::vector<Int8TopK> best = batch.ScanInParallel(threads);
  for (size_t q = 0; q < batch.size(); ++q) {
    hits[q] = batch.Finish(q, &best[q]);
  }
  return hits;
}

}  // namespace

absl::StatusOr<SearchHits> Int8Table::Search(
    const MatrixView& queries, const SearchOptions& options) const {
  EMBED_RETURN_IF_ERROR(CheckQueries(*this, queries, options));
  if (options.k == 0) {
    return absl::InvalidArgumentError("k is 0, expected at least 1");
  }
  Request request;
  request.k = std::min(options.k, rows());
  request.candidates = std::min(rows(), CandidatesFor(request.k));
  request.allowed = options.allowed;
  return Run(*this, request, queries, options.threads);
}

SearchHits Int8Table::SearchAmong(absl::Span<const uint32_t> ids,
                                  const MatrixView& queries,
                                  const SearchOptions& options) const {
  EMBED_DCHECK(parts_.in_rows() && options.k > 0);
  if (ids.empty()) return SearchHits(queries.rows);
  Request request;
  request.k = std::min(options.k, uint64_t{ids.size()});
  request.candidates = std::min<uint64_t>(ids.size(), CandidatesFor(request.k));
  request.ids = ids;
  return Run(*this, request, queries, options.threads);
}

absl::StatusOr<SearchHits> Int8Table::RangeSearch(
    const MatrixView& queries, float min_score,
    const SearchOptions& options) const {
  EMBED_RETURN_IF_ERROR(CheckQueries(*this, queries, options));
  if (std::isnan(min_score)) {
    return absl::InvalidArgumentError("min_score is not a number");
  }
  Request request;
  request.k = rows();
  request.candidates = rows();
  request.min_score = min_score;
  request.range = true;
  request.allowed = options.allowed;
  return Run(*this, request, queries, options.threads);
}

}  // namespace embed
