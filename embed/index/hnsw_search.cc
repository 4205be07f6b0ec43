// Search through an HnswGraph: walk with 8-bit scores, then score the best
// again with the float query.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_scratch.h"
#include "embed/index/int8_query.h"

namespace embed {
namespace {

constexpr size_t kCacheLine = 64;

// One query's way through the graph.
class Walk {
 public:
  Walk(const HnswGraph& graph, const Int8RowQuery& query, HnswScratch* scratch)
      : graph_(graph),
        rows_(graph.row_table()),
        query_(query),
        scratch_(*scratch) {}

  // Fills the frontier with the best `ef` rows it comes by.
  void Run(size_t ef) {
    scratch_.visited.Clear();
    scratch_.frontier.Reset(ef);
    Best best = Start();
    for (uint32_t level = graph_.max_level(); level > 0; --level) {
      while (Climb(level, &best)) {
      }
    }
    scratch_.visited.Mark(best.row);
    scratch_.frontier.Insert(best.score, best.row);
    // Entries before `next` were followed; a better row may come before it.
    for (size_t next = 0; next < scratch_.frontier.size();) {
      if (scratch_.frontier.followed(next)) {
        ++next;
      } else {
        next = std::min(next + 1, Follow(next));
      }
    }
  }

 private:
  struct Best {
    uint32_t row;
    float score;
  };

  Best Start() {
    const uint32_t row = graph_.parts().entry_point;
    float score;
    ScoreInt8Rows(rows_, query_, {&row, 1}, &score);
    return {row, score};
  }

  // Goes to the best neighbour on `level`; false if none is better.
  bool Climb(uint32_t level, Best* best) {
    Gather(graph_.UpperLinks(best->row, level), [](uint32_t) { return true; });
    bool better = false;
    for (size_t i = 0; i < scratch_.rows.size(); ++i) {
      if (!(scratch_.scores[i] > best->score)) continue;
      *best = {scratch_.rows[i], scratch_.scores[i]};
      better = true;
    }
    return better;
  }

  // Follows the links of entry `place`; returns the first place that changed.
  size_t Follow(size_t place) {
    HnswFrontier& frontier = scratch_.frontier;
    frontier.SetFollowed(place);
    if (place + 1 < frontier.size()) PrefetchLinks(frontier.row(place + 1));
    Gather(graph_.Links(frontier.row(place)),
           [this](uint32_t row) { return scratch_.visited.Mark(row); });
    size_t first = frontier.size();
    for (size_t i = 0; i < scratch_.rows.size(); ++i) {
      first = std::min(first,
                       frontier.Insert(scratch_.scores[i], scratch_.rows[i]));
    }
    return first;
  }

  // Scores the rows of `links` that `wanted` accepts. All are asked for before
  // the first is scored: they come from memory side by side.
  template <typename Wanted>
  void Gather(absl::Span<const uint32_t> links, const Wanted& wanted) {
    scratch_.rows.clear();
    for (const uint32_t row : links) {
      if (row >= rows_.rows) break;
      if (!wanted(row)) continue;
      PrefetchInt8Row(rows_, row);
      scratch_.rows.push_back(row);
    }
    scratch_.scores.resize(scratch_.rows.size());
    ScoreInt8Rows(rows_, query_, scratch_.rows, scratch_.scores.data());
  }

  void PrefetchLinks(uint32_t row) const {
    const absl::Span<const uint32_t> links = graph_.Links(row);
    const char* begin = reinterpret_cast<const char*>(links.data());
    for (size_t i = 0; i < links.size() * sizeof(uint32_t); i += kCacheLine) {
      __builtin_prefetch(begin + i);
    }
  }

  const HnswGraph& graph_;
  const Int8RowTable rows_;
  const Int8RowQuery& query_;
  HnswScratch& scratch_;
};

std::vector<SearchHit> SearchOne(const HnswGraph& graph,
                                 const Int8TableQuery& query, uint64_t k,
                                 uint64_t ef, HnswScratch* scratch) {
  Walk(graph, query.RowQuery(), scratch).Run(std::max(ef, k));
  const HnswFrontier& frontier = scratch->frontier;
  const Int8RowTable rows = graph.row_table();
  const uint64_t candidates =
      std::min<uint64_t>(frontier.size(), CandidatesFor(k));
  std::vector<Int8Hit> best;
  best.reserve(candidates);
  for (uint64_t i = 0; i < candidates; ++i) {
    const uint32_t row = frontier.row(i);
    best.push_back({query.ScoreRow(row, rows.row(row)), row});
  }
  const uint64_t kept = std::min(k, candidates);
  std::partial_sort(best.begin(), best.begin() + kept, best.end(), IsBetter);
  std::vector<SearchHit> hits;
  hits.reserve(kept);
  for (uint64_t i = 0; i < kept; ++i) {
    hits.push_back({best[i].row, best[i].score});
  }
  return hits;
}

}  // namespace

absl::StatusOr<SearchHits> HnswGraph::Search(
    const Int8Table& table, const MatrixView& queries,
    const SearchOptions& options) const {
  EMBED_DCHECK(table.rows() == parts_.rows && table.dim() == parts_.dim);
  EMBED_DCHECK(options.allowed.empty());
  EMBED_RETURN_IF_ERROR(CheckQueries(table, queries, options));
  if (options.k == 0) {
    return absl::InvalidArgumentError("k is 0, expected at least 1");
  }
  if (options.ef_search < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "ef_search is ", options.ef_search, ", expected at least 1"));
  }
  const uint64_t k = std::min(options.k, table.rows());
  const uint64_t ef = std::min<uint64_t>(
      static_cast<uint64_t>(options.ef_search), table.rows());
  SearchHits hits(queries.rows);
  ParallelFor(options.threads, queries.rows, [&](uint64_t begin, uint64_t end) {
    std::unique_ptr<HnswScratch> scratch = scratch_->Take();
    for (uint64_t i = begin; i < end; ++i) {
      const Int8TableQuery query(table, queries.row(i));
      hits[i] = SearchOne(*this, query, k, ef, scratch.get());
    }
    scratch_->Return(std::move(scratch));
  });
  return hits;
}

}  // namespace embed
