// Search through an HnswGraph: walk with 8-bit scores, then score the best
// again with the float query.
#include "embed/index/hnsw_search.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_walk.h"
#include "embed/index/take_turns.h"
#include "embed/kernels/int8_top_k.h"

namespace embed {
namespace {

// The k best of `best`, scored with the float query.
std::vector<SearchHit> Rescore(const Int8TableQuery& query, uint64_t k,
                               std::vector<Int8Hit> best) {
  for (const Int8Hit& hit : best) query.Prefetch(hit.row);
  for (Int8Hit& hit : best) hit.score = query.Score(hit.row);
  const size_t kept = std::min<size_t>(k, best.size());
  std::partial_sort(best.begin(), best.begin() + kept, best.end(), BetterHit());
  std::vector<SearchHit> hits;
  hits.reserve(kept);
  for (size_t i = 0; i < kept; ++i) {
    hits.push_back({best[i].row, query.Reported(best[i].score)});
  }
  return hits;
}

// The k best rows of a frontier.
std::vector<SearchHit> RescoreFrontier(const Int8TableQuery& query, uint64_t k,
                                       const HnswFrontier& frontier) {
  const uint64_t candidates =
      std::min<uint64_t>(frontier.size(), CandidatesFor(k));
  std::vector<Int8Hit> best;
  best.reserve(candidates);
  for (uint64_t i = 0; i < candidates; ++i) {
    best.push_back({frontier[i].score, frontier.row(i)});
  }
  return Rescore(query, k, std::move(best));
}

// The allowed rows that exist.
uint64_t CountAllowed(absl::Span<const uint64_t> allowed, uint64_t rows) {
  uint64_t count = 0;
  for (uint64_t word = 0; word < rows / 64; ++word) {
    count += __builtin_popcountll(allowed[word]);
  }
  for (uint64_t row = rows / 64 * 64; row < rows; ++row) {
    count += IsAllowed(allowed, static_cast<uint32_t>(row));
  }
  return count;
}

std::vector<uint32_t> AllowedRows(absl::Span<const uint64_t> allowed,
                                  uint64_t rows) {
  std::vector<uint32_t> ids;
  for (uint64_t word = 0; word < (rows + 63) / 64; ++word) {
    for (uint64_t bits = allowed[word]; bits != 0; bits &= bits - 1) {
      const uint64_t row = word * 64 + __builtin_ctzll(bits);
      if (row < rows) ids.push_back(static_cast<uint32_t>(row));
    }
  }
  return ids;
}

// A scan of so many rows for each row that a walk keeps in view takes as long
// as the walk. Measured on 100,000 rows of dim 128 with ef_search 100
// (benchmarks/embed/index/filter_bench.cc): 6,100 scans/s of 20,000 rows
// against 4,200 walks/s, 2,800 of 50,000 rows against 5,600.
constexpr uint64_t kScanRowsPerEf = 200;
// With a smaller part allowed, a row and its links' links may not lead to the
// next allowed one: recall@10 fell from 0.976 at 0.02 to 0.82 at 0.01 there.
constexpr double kScanShare = 0.02;
// Among more rows it falls earlier. Of 1,000,000, two sets of vectors: 0.956
// and 0.924 at 0.1, 0.923 and 0.932 at 0.05, 0.83 and 0.93 at 0.02, while scans
// find 0.99, at 0.05 at two thirds of the walks' speed and faster at 0.02. So
// these are scanned, unless they are very many.
constexpr double kLeakyShare = 0.06;
constexpr uint64_t kLeakyRowsPerEf = 1000;

// Whether to score all of `count` allowed rows rather than walk.
bool IsScanned(uint64_t count, uint64_t rows, uint64_t ef) {
  const double share = static_cast<double>(count) / static_cast<double>(rows);
  return count <= kScanRowsPerEf * ef || share < kScanShare ||
         (share < kLeakyShare && count <= kLeakyRowsPerEf * ef);
}

// The numbers of queries whose walks ended with too few rows, or took longer
// than scoring all allowed rows.
using Numbers = std::vector<uint64_t>;

// Searches queries [begin, end) by walks.
Numbers WalkAllowed(const HnswGraph& graph, const Int8Table& table,
                    const MatrixView& queries, uint64_t begin, uint64_t end,
                    const SearchOptions& options, uint64_t count,
                    SearchHits* hits) {
  Numbers left;
  const uint64_t ef =
      std::max(options.k, static_cast<uint64_t>(options.ef_search));
  std::unique_ptr<HnswScratch> scratch = graph.scratch_pool()->Take();
  for (uint64_t i = begin; i < end; ++i) {
    const Int8TableQuery query(table, queries.row(i));
    const Int8RowQuery row_query = query.RowQuery();
    HnswWalk walk(graph, table.row_table(), row_query, scratch.get());
    const bool ended =
        walk.RunAllowed(std::min(ef, std::max<uint64_t>(count, 1)),
                        options.allowed, /*most=*/count / 2);
    (*hits)[i] = RescoreFrontier(query, options.k, scratch->frontier);
    if (!ended || (*hits)[i].size() < std::min(options.k, count)) {
      left.push_back(i);
    }
  }
  graph.scratch_pool()->Return(std::move(scratch));
  return left;
}

// The hits of the queries of these numbers, by scoring all of `rows`. Each row
// is read once for all queries.
void ScanRows(const Int8Table& table, const MatrixView& queries,
              absl::Span<const uint64_t> numbers,
              absl::Span<const uint32_t> rows, uint64_t k, SearchHits* hits) {
  constexpr size_t kPart = 32;
  const Int8RowTable row_table = table.row_table();
  std::vector<Int8TableQuery> prepared;
  std::vector<Int8TopK> best;
  for (const uint64_t i : numbers) {
    prepared.emplace_back(table, queries.row(i));
    best.emplace_back(std::min(CandidatesFor(k), table.rows()));
  }
  float scores[kPart];
  for (size_t begin = 0; begin < rows.size(); begin += kPart) {
    const absl::Span<const uint32_t> part = rows.subspan(begin, kPart);
    // The next rows come from memory while these are scored.
    for (const uint32_t row :
         rows.subspan(std::min(rows.size(), begin + kPart), kPart)) {
      PrefetchInt8Row(row_table, row);
    }
    for (size_t q = 0; q < prepared.size(); ++q) {
      ScoreInt8Rows(row_table, prepared[q].RowQuery(), part, scores);
      for (size_t i = 0; i < part.size(); ++i) {
        if (scores[i] > best[q].threshold()) best[q].Push(scores[i], part[i]);
      }
    }
  }
  for (size_t q = 0; q < prepared.size(); ++q) {
    (*hits)[numbers[q]] = Rescore(prepared[q], k, best[q].TakeSorted());
  }
}

// Finds exactly what walks found fewer than k rows for: a graph need not lead
// from its entry point to all rows.
absl::Status CompleteHits(const Int8Table& table, const MatrixView& queries,
                          const SearchOptions& options,
                          absl::Span<std::vector<SearchHit>> hits) {
  for (uint64_t i = 0; i < queries.rows; ++i) {
    if (hits[i].size() >= options.k) continue;
    const MatrixView query = {queries.row(i).data(), 1, queries.dim,
                              queries.stride};
    EMBED_ASSIGN_OR_RETURN(SearchHits found, table.Search(query, options));
    hits[i] = std::move(found[0]);
  }
  return absl::OkStatus();
}

// Walks that take turns on a thread. Of 2 to 16, 3 and 4 were the fastest at
// 100,000 and 1 M rows: of more, what they read next does not stay in the
// nearest cache until their turn.
constexpr size_t kWalks = 4;

// One of them, through the graph for query after query.
class QueryWalk {
 public:
  QueryWalk(const HnswGraph& graph, const Int8Table& table,
            const MatrixView& queries, uint64_t k, uint64_t ef,
            SearchHits* hits)
      : graph_(graph),
        table_(table),
        queries_(queries),
        k_(k),
        ef_(ef),
        hits_(*hits),
        scratch_(graph.scratch_pool()->Take()) {}
  ~QueryWalk() { graph_.scratch_pool()->Return(std::move(scratch_)); }
  QueryWalk(const QueryWalk&) = delete;
  QueryWalk& operator=(const QueryWalk&) = delete;

  void Begin(uint64_t number) {
    number_ = number;
    query_.emplace(table_, queries_.row(number));
    row_query_ = query_->RowQuery();
    walk_.emplace(graph_, table_.row_table(), row_query_, scratch_.get());
    walk_->Start(ef_);
  }

  bool Step() {
    if (walk_->Step()) return true;
    hits_[number_] = RescoreFrontier(*query_, k_, scratch_->frontier);
    return false;
  }

 private:
  const HnswGraph& graph_;
  const Int8Table& table_;
  const MatrixView queries_;
  const uint64_t k_;
  const uint64_t ef_;
  SearchHits& hits_;
  std::unique_ptr<HnswScratch> scratch_;
  uint64_t number_ = 0;
  std::optional<Int8TableQuery> query_;
  Int8RowQuery row_query_;
  std::optional<HnswWalk> walk_;
};

// Queries that are scanned together, so that each row is read once.
constexpr size_t kScanQueries = 64;

}  // namespace

std::vector<SearchHit> SearchByWalk(const HnswGraph& graph,
                                    const Int8Table& table,
                                    const Int8TableQuery& query, uint64_t k,
                                    uint64_t ef, uint32_t hidden,
                                    HnswScratch* scratch) {
  const Int8RowQuery row_query = query.RowQuery();
  HnswWalk(graph, table.row_table(), row_query, scratch)
      .Run(std::max(ef, k), hidden);
  return RescoreFrontier(query, k, scratch->frontier);
}

SearchHits SearchAllowed(const HnswGraph& graph, const Int8Table& table,
                         const MatrixView& queries,
                         const SearchOptions& options, AllowedWay way) {
  SearchHits hits(queries.rows);
  const uint64_t count = CountAllowed(options.allowed, table.rows());
  const uint64_t ef =
      std::max(options.k, static_cast<uint64_t>(options.ef_search));
  if (way == AllowedWay::kChosen && IsScanned(count, table.rows(), ef)) {
    way = AllowedWay::kScan;
  }
  Numbers left;
  if (way == AllowedWay::kScan) {
    left.resize(queries.rows);
    std::iota(left.begin(), left.end(), uint64_t{0});
  } else {
    std::mutex mutex;
    ParallelFor(options.threads, queries.rows,
                [&](uint64_t begin, uint64_t end) {
                  const Numbers part = WalkAllowed(graph, table, queries, begin,
                                                   end, options, count, &hits);
                  const std::lock_guard<std::mutex> lock(mutex);
                  left.insert(left.end(), part.begin(), part.end());
                });
    if (way == AllowedWay::kWalk || left.empty()) return hits;
  }
  const std::vector<uint32_t> rows = AllowedRows(options.allowed, table.rows());
  ParallelFor(options.threads, left.size(), [&](uint64_t begin, uint64_t end) {
    const absl::Span<const uint64_t> numbers =
        absl::MakeConstSpan(left).subspan(begin, end - begin);
    for (size_t i = 0; i < numbers.size(); i += kScanQueries) {
      ScanRows(table, queries, numbers.subspan(i, kScanQueries), rows,
               options.k, &hits);
    }
  });
  return hits;
}

absl::StatusOr<SearchHits> HnswGraph::Search(
    const Int8Table& table, const MatrixView& queries,
    const SearchOptions& options) const {
  EMBED_DCHECK(table.rows() == parts_.rows && table.parts().in_rows());
  EMBED_RETURN_IF_ERROR(CheckQueries(table, queries, options));
  if (options.k == 0) {
    return absl::InvalidArgumentError("k is 0, expected at least 1");
  }
  if (options.ef_search < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "ef_search is ", options.ef_search, ", expected at least 1"));
  }
  SearchOptions in_range = options;
  in_range.k = std::min(options.k, table.rows());
  if (options.ef_search == 0) in_range.ef_search = parts_.ef_search;
  if (!options.allowed.empty()) {
    return SearchAllowed(*this, table, queries, in_range, AllowedWay::kChosen);
  }
  const uint64_t ef =
      std::max(in_range.k, static_cast<uint64_t>(in_range.ef_search));
  // A walk past half of the rows takes longer than reading them all.
  if (ef >= table.rows() / 2) return table.Search(queries, in_range);
  SearchHits hits(queries.rows);
  ParallelFor(options.threads, queries.rows, [&](uint64_t begin, uint64_t end) {
    TakeTurns(begin, end, kWalks, [&] {
      return std::make_unique<QueryWalk>(*this, table, queries, in_range.k, ef,
                                         &hits);
    });
  });
  EMBED_RETURN_IF_ERROR(
      CompleteHits(table, queries, in_range, absl::MakeSpan(hits)));
  return hits;
}

}  // namespace embed
