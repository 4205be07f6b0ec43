// Search through IvfLists: choose lists, scan their rows, score the best again.
#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/int8_query.h"
#include "embed/index/ivf_lists.h"
#include "embed/kernels/bit_count.h"
#include "embed/kernels/int8_scan.h"
#include "embed/kernels/int8_top_k.h"

namespace embed {
namespace {

// Queries whose lists are chosen together, so that centers are read once.
constexpr uint64_t kListQueries = 64;
// With a filter, how many times the expected number of lists are looked at.
constexpr double kSpareLists = 2;
// Reading more of the lists than this part takes longer than reading all rows.
constexpr double kMostLists = 0.5;

// How far every query of a search looks.
struct Effort {
  uint64_t lists = 0;  // that are ranked
  // Ends once the lists hold so many (allowed) rows; all of them are read if
  // this is not reached, as without a filter.
  uint64_t enough = 0;
  // The least number of rows for a result.
  uint64_t needed = 0;
  bool exact = false;  // all rows instead
};

Effort EffortFor(const IvfLists& lists, const SearchOptions& options) {
  Effort effort;
  const double count = lists.lists();
  const double nprobe = std::min(count, static_cast<double>(options.nprobe));
  effort.lists = static_cast<uint64_t>(nprobe);
  effort.enough = lists.rows();
  effort.needed = options.k;
  if (!options.allowed.empty()) {
    const uint64_t allowed = CountBits(options.allowed, 0, lists.rows());
    const double share = std::max<double>(static_cast<double>(allowed), 1) /
                         static_cast<double>(lists.rows());
    const double rows =
        nprobe * static_cast<double>(lists.rows()) / count * std::sqrt(share);
    effort.lists = static_cast<uint64_t>(
        std::min(count, std::ceil(kSpareLists * nprobe / std::sqrt(share))));
    effort.enough = std::max<uint64_t>(static_cast<uint64_t>(std::ceil(rows)),
                                       CandidatesFor(options.k));
    effort.needed = std::min(effort.enough, allowed);
  }
  effort.exact = static_cast<double>(effort.lists) > kMostLists * count;
  return effort;
}

// Searches a run of queries.
class Searcher {
 public:
  Searcher(const IvfLists& lists, const Int8Table& table,
           const MatrixView& queries, const SearchOptions& options,
           const Effort& effort)
      : lists_(lists),
        table_(table),
        queries_(queries),
        options_(options),
        effort_(effort),
        rows_(table.scan_table()),
        centers_(lists.centers().scan_table()) {}

  // Fills the hits of queries [begin, end) but of those that are to be searched
  // exactly, whose numbers it adds to `left`.
  void Run(uint64_t begin, uint64_t end, SearchHits* hits,
           std::vector<uint64_t>* left) const {
    const std::vector<std::vector<Int8Hit>> ranked = Rank(begin, end);
    for (uint64_t i = begin; i < end; ++i) {
      const std::vector<Int8BlockRange> ranges = Choose(ranked[i - begin]);
      if (ranges.empty()) {
        left->push_back(i);
      } else {
        (*hits)[i] = Scan(i, ranges);
      }
    }
  }

 private:
  // For each query its nearest lists, nearest first.
  std::vector<std::vector<Int8Hit>> Rank(uint64_t begin, uint64_t end) const {
    std::vector<Int8TableQuery> prepared;
    std::vector<Int8Query> scans;
    std::vector<Int8TopK> best;
    prepared.reserve(end - begin);
    for (uint64_t i = begin; i < end; ++i) {
      prepared.emplace_back(lists_.centers(), queries_.row(i));
      scans.push_back(prepared.back().ScanQuery());
      best.emplace_back(effort_.lists);
    }
    ScanInt8(centers_, 0, Int8Blocks(centers_.rows), scans, {},
             absl::MakeSpan(best));
    std::vector<std::vector<Int8Hit>> ranked;
    ranked.reserve(best.size());
    for (Int8TopK& of_query : best) ranked.push_back(of_query.TakeSorted());
    return ranked;
  }

  // The blocks to read, rising; none if the lists hold too few rows.
  std::vector<Int8BlockRange> Choose(const std::vector<Int8Hit>& ranked) const {
    const absl::Span<const uint32_t> starts = lists_.parts().starts;
    std::vector<Int8BlockRange> ranges;
    uint64_t rows = 0;
    for (const Int8Hit& list : ranked) {
      // Bounded, for damaged files.
      const uint64_t end = std::min<uint64_t>(starts[list.row + 1], rows_.rows);
      const uint64_t begin = std::min<uint64_t>(starts[list.row], end);
      if (begin == end) continue;
      ranges.push_back({begin / kInt8BlockRows, Int8Blocks(end)});
      rows += options_.allowed.empty()
                  ? end - begin
                  : CountBits(options_.allowed, begin, end);
      if (rows >= effort_.enough) break;
    }
    if (rows < effort_.needed) return {};
    std::sort(ranges.begin(), ranges.end(),
              [](const Int8BlockRange& a, const Int8BlockRange& b) {
                return a.begin < b.begin ||
                       (a.begin == b.begin && a.end < b.end);
              });
    // Neighbouring lists may share a block.
    size_t last = 0;
    for (size_t i = 1; i < ranges.size(); ++i) {
      if (ranges[i].begin <= ranges[last].end) {
        ranges[last].end = std::max(ranges[last].end, ranges[i].end);
      } else {
        ranges[++last] = ranges[i];
      }
    }
    if (!ranges.empty()) ranges.resize(last + 1);
    return ranges;
  }

  std::vector<SearchHit> Scan(uint64_t i,
                              const std::vector<Int8BlockRange>& ranges) const {
    const Int8TableQuery query(table_, queries_.row(i));
    const Int8Query scan = query.ScanQuery();
    Int8TopK best(std::min(CandidatesFor(options_.k), rows_.rows));
    ScanInt8Ranges(rows_, ranges, {&scan, 1}, options_.allowed, {&best, 1});
    std::vector<Int8Hit> candidates = best.TakeSorted();
    for (const Int8Hit& hit : candidates) query.Prefetch(hit.row);
    for (Int8Hit& hit : candidates) hit.score = query.Score(hit.row);
    std::sort(candidates.begin(), candidates.end(), BetterHit());
    const size_t kept = std::min<size_t>(options_.k, candidates.size());
    std::vector<SearchHit> hits;
    hits.reserve(kept);
    for (size_t rank = 0; rank < kept; ++rank) {
      hits.push_back({candidates[rank].row, candidates[rank].score});
    }
    return hits;
  }

  const IvfLists& lists_;
  const Int8Table& table_;
  const MatrixView queries_;
  const SearchOptions& options_;
  const Effort& effort_;
  const Int8ScanTable rows_;
  const Int8ScanTable centers_;
};

// Searches the queries of these numbers exactly, together.
absl::Status SearchExactly(const Int8Table& table, const MatrixView& queries,
                           const SearchOptions& options,
                           absl::Span<const uint64_t> numbers,
                           SearchHits* hits) {
  if (numbers.empty()) return absl::OkStatus();
  std::vector<float> values;
  for (const uint64_t i : numbers) {
    const absl::Span<const float> row = queries.row(i);
    values.insert(values.end(), row.begin(), row.end());
  }
  EMBED_ASSIGN_OR_RETURN(
      SearchHits found,
      table.Search({values.data(), numbers.size(), queries.dim,
                    static_cast<uint64_t>(queries.dim)},
                   options));
  for (size_t i = 0; i < numbers.size(); ++i) {
    (*hits)[numbers[i]] = std::move(found[i]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SearchHits> IvfLists::Search(
    const Int8Table& table, const MatrixView& queries,
    const SearchOptions& options) const {
  EMBED_DCHECK(table.rows() == rows_ && table.dim() == centers_.dim());
  EMBED_RETURN_IF_ERROR(CheckQueries(table, queries, options));
  if (options.k == 0) {
    return absl::InvalidArgumentError("k is 0, expected at least 1");
  }
  if (options.nprobe < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("nprobe is ", options.nprobe, ", expected at least 1"));
  }
  SearchOptions in_range = options;
  in_range.k = std::min(options.k, table.rows());
  if (options.nprobe == 0) in_range.nprobe = parts_.nprobe;
  const Effort effort = EffortFor(*this, in_range);
  if (effort.exact) return table.Search(queries, in_range);
  SearchHits hits(queries.rows);
  std::vector<uint64_t> left;
  std::mutex mutex;
  ParallelFor(options.threads, queries.rows, [&](uint64_t begin, uint64_t end) {
    const Searcher searcher(*this, table, queries, in_range, effort);
    std::vector<uint64_t> part;
    for (; begin < end; begin += kListQueries) {
      searcher.Run(begin, std::min(end, begin + kListQueries), &hits, &part);
    }
    const std::lock_guard<std::mutex> lock(mutex);
    left.insert(left.end(), part.begin(), part.end());
  });
  EMBED_RETURN_IF_ERROR(SearchExactly(table, queries, in_range, left, &hits));
  return hits;
}

}  // namespace embed
