// Search through an HnswGraph: walk with 8-bit scores, then score the best
// again with the float query.
#include "embed/index/hnsw_search.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_allowed.h"
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
            const MatrixView& queries, const HnswReach& reach, SearchHits* hits)
      : graph_(graph),
        table_(table),
        queries_(queries),
        reach_(reach),
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
    walk_->Start(reach_.ef);
  }

  bool Step() {
    if (walk_->Step()) return true;
    hits_[number_] =
        BestOfFrontier(*query_, reach_.k, scratch_->frontier, reach_.allowed);
    return false;
  }

 private:
  const HnswGraph& graph_;
  const Int8Table& table_;
  const MatrixView queries_;
  const HnswReach reach_;
  SearchHits& hits_;
  std::unique_ptr<HnswScratch> scratch_;
  uint64_t number_ = 0;
  std::optional<Int8TableQuery> query_;
  Int8RowQuery row_query_;
  std::optional<HnswWalk> walk_;
};

}  // namespace

std::vector<SearchHit> BestOfFrontier(const Int8TableQuery& query, uint64_t k,
                                      const HnswFrontier& frontier,
                                      absl::Span<const uint64_t> allowed) {
  const uint64_t candidates =
      std::min<uint64_t>(frontier.size(), CandidatesFor(k));
  std::vector<Int8Hit> best;
  best.reserve(candidates);
  for (size_t i = 0; i < frontier.size() && best.size() < candidates; ++i) {
    const uint32_t row = frontier.row(i);
    if (!allowed.empty() && !IsAllowed(allowed, row)) continue;
    best.push_back({frontier[i].score, row});
  }
  return Rescore(query, k, std::move(best));
}

std::vector<SearchHit> SearchByWalk(const HnswGraph& graph,
                                    const Int8Table& table,
                                    const Int8TableQuery& query, uint64_t k,
                                    uint64_t ef, uint32_t hidden,
                                    HnswScratch* scratch) {
  const Int8RowQuery row_query = query.RowQuery();
  HnswWalk(graph, table.row_table(), row_query, scratch)
      .Run(std::max(ef, k), hidden);
  return BestOfFrontier(query, k, scratch->frontier, {});
}

void SearchByWalks(const HnswGraph& graph, const Int8Table& table,
                   const MatrixView& queries, const HnswReach& reach,
                   int threads, SearchHits* hits) {
  ParallelFor(threads, queries.rows, [&](uint64_t begin, uint64_t end) {
    TakeTurns(begin, end, kWalks, [&] {
      return std::make_unique<QueryWalk>(graph, table, queries, reach, hits);
    });
  });
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
  SearchByWalks(*this, table, queries, {in_range.k, ef, {}}, options.threads,
                &hits);
  EMBED_RETURN_IF_ERROR(
      CompleteHits(table, queries, in_range, absl::MakeSpan(hits)));
  return hits;
}

}  // namespace embed
