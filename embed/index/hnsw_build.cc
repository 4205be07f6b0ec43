// Builds an HnswGraph in batches: the rows of a batch look for their neighbours
// in the graph as it was before it, and are then linked in one order. So
// threads share the work and the links do not depend on how many there are.
#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "embed/base/exceptions.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_finish.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_lists.h"
#include "embed/index/hnsw_pack.h"
#include "embed/index/hnsw_scratch.h"
#include "embed/index/hnsw_walk.h"
#include "embed/index/int8_query.h"
#include "faiss/impl/HNSW.h"
#include "faiss/utils/random.h"

namespace embed {
namespace {

// Order of insertion within a stretch of a level; any fixed number.
constexpr int64_t kOrderSeed = 789;
// The first stretch of a table; each other one is as long as all before it.
constexpr uint32_t kFirstStretch = 16;
// A batch is this part of the rows that are in: so few of a row's neighbours
// are in its own batch that recall does not suffer.
constexpr uint64_t kRowsPerBatchRow = 50;
constexpr uint64_t kLargestBatch = 4096;
// Less than this takes a thread no longer than starting it.
constexpr size_t kRowsPerThread = 8;
constexpr size_t kBacklinksPerThread = 128;

// `row` goes to the list of `target`.
struct Backlink {
  uint32_t target;
  uint32_t level;
  uint32_t row;
};

// The links found for a row on one level.
struct FoundLinks {
  uint32_t row;
  uint32_t level;
  std::vector<uint32_t> links;
};

// With m 2 half of the rows would be on level 1, and no room for links on level
// 0 beside theirs.
constexpr int kFewestRowsPerUpperRow = 4;

// The number of levels above 0 of each row: of those on a level about one in m
// is on the next, too, but no more than one in four. As FAISS draws them.
std::vector<uint32_t> DrawLevels(uint64_t rows, int m) {
  faiss::HNSW drawn(std::max(m, kFewestRowsPerUpperRow));
  std::vector<uint32_t> levels(rows);
  for (uint32_t& level : levels) {
    level = static_cast<uint32_t>(drawn.random_level());
  }
  return levels;
}

// Rows by falling level; within one by stretches of the table, and within these
// in random order: neighbours in the table must not come one after another, but
// the first rows are often those that others gather around, as frequent words
// are, and the links of rows that come early reach far.
std::vector<uint32_t> InsertionOrder(const std::vector<uint32_t>& levels) {
  std::vector<int> random(levels.size());
  faiss::rand_perm(random.data(), random.size(), kOrderSeed);
  std::vector<uint32_t> order(random.begin(), random.end());
  const auto stretch = [](uint32_t row) {
    return __builtin_clzll(row / kFirstStretch * uint64_t{2} + 1);
  };
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (levels[a] != levels[b]) return levels[a] > levels[b];
    return stretch(a) > stretch(b);
  });
  return order;
}

class HnswBuilder {
 public:
  HnswBuilder(const Int8Table& table, const HnswOptions& options)
      : table_(table),
        options_(options),
        threads_(std::max(1, options.threads)),
        levels_(DrawLevels(table.rows(), options.m)),
        lists_(table, options.m, threads_) {}

  absl::StatusOr<HnswGraph> Build() {
    const std::vector<uint32_t> order = InsertionOrder(levels_);
    EMBED_RETURN_IF_ERROR(lists_.Make(levels_));
    HnswGraph::Parts parts = lists_.parts();
    parts.entry_point = order[0];
    EMBED_ASSIGN_OR_RETURN(const HnswGraph graph,
                           HnswGraph::FromParts(parts, /*owner=*/nullptr));
    for (uint64_t begin = 1; begin < order.size();) {
      const uint64_t most =
          std::clamp<uint64_t>(begin / kRowsPerBatchRow, 1, kLargestBatch);
      const uint64_t end = std::min<uint64_t>(order.size(), begin + most);
      AddBatch(graph, absl::MakeConstSpan(order).subspan(begin, end - begin));
      begin = end;
    }
    LinkLostRows(&lists_);
    ShortenLists(&lists_);
    return PackLists(graph, [this](uint64_t end) { lists_.Drop(end); });
  }

 private:
  int ThreadsFor(size_t count, size_t each) const {
    return static_cast<int>(
        std::clamp<size_t>(count / each, 1, static_cast<size_t>(threads_)));
  }

  void AddBatch(const HnswGraph& graph, absl::Span<const uint32_t> rows) {
    std::vector<std::vector<FoundLinks>> found(rows.size());
    std::atomic<size_t> next{0};
    RunThreads(ThreadsFor(rows.size(), kRowsPerThread), [&](int /*thread*/) {
      auto scratch = graph.scratch_pool()->Take();
      for (size_t i = next++; i < rows.size(); i = next++) {
        found[i] = FindLinks(graph, rows[i], scratch.get());
      }
      graph.scratch_pool()->Return(std::move(scratch));
    });
    std::vector<Backlink> backlinks;
    for (const std::vector<FoundLinks>& of_row : found) {
      for (const FoundLinks& list : of_row) {
        std::copy(list.links.begin(), list.links.end(),
                  lists_.List(list.row, list.level).begin());
        for (const uint32_t target : list.links) {
          backlinks.push_back({target, list.level, list.row});
        }
      }
    }
    LinkBack(&backlinks);
  }

  // The links of a new row on all its levels.
  std::vector<FoundLinks> FindLinks(const HnswGraph& graph, uint32_t row,
                                    HnswScratch* scratch) const {
    std::vector<float> values(table_.dim());
    table_.Row(row, absl::MakeSpan(values));
    const Int8TableQuery query(table_, values);
    const Int8RowQuery row_query = query.RowQuery();
    std::vector<FoundLinks> found;
    for (uint32_t level = 0; level <= levels_[row]; ++level) {
      HnswWalk walk(graph, table_.row_table(), row_query, scratch);
      walk.Run(static_cast<size_t>(options_.ef_construction), HnswGraph::kNoRow,
               level);
      std::vector<uint32_t> near;
      for (size_t i = 0; i < scratch->frontier.size(); ++i) {
        near.push_back(scratch->frontier.row(i));
      }
      const size_t most = static_cast<size_t>(options_.m) << (level == 0);
      found.push_back(
          {row, level,
           lists_.Choose(lists_.Near(row, near), most, lists_.few())});
    }
    return found;
  }

  // Adds new rows to the lists of those they link to, list by list.
  void LinkBack(std::vector<Backlink>* backlinks) {
    std::sort(backlinks->begin(), backlinks->end(),
              [](const Backlink& a, const Backlink& b) {
                if (a.target != b.target) return a.target < b.target;
                if (a.level != b.level) return a.level < b.level;
                return a.row < b.row;
              });
    const int threads = ThreadsFor(backlinks->size(), kBacklinksPerThread);
    ParallelFor(threads, backlinks->size(), [&](uint64_t begin, uint64_t end) {
      const auto same_list = [&](uint64_t i) {
        return (*backlinks)[i].target == (*backlinks)[i - 1].target &&
               (*backlinks)[i].level == (*backlinks)[i - 1].level;
      };
      // A list belongs to the part that it begins in.
      while (begin > 0 && begin < end && same_list(begin)) ++begin;
      while (begin < end) {
        uint64_t last = begin + 1;
        while (last < backlinks->size() && same_list(last)) ++last;
        AddToList(absl::MakeConstSpan(*backlinks).subspan(begin, last - begin));
        begin = last;
      }
    });
  }

  // All of one list.
  void AddToList(absl::Span<const Backlink> backlinks) {
    const uint32_t target = backlinks[0].target;
    const absl::Span<uint32_t> list = lists_.List(target, backlinks[0].level);
    const size_t used = HnswLists::Used(list).size();
    if (used + backlinks.size() <= list.size()) {
      for (size_t i = 0; i < backlinks.size(); ++i) {
        list[used + i] = backlinks[i].row;
      }
      return;
    }
    std::vector<uint32_t> near(list.begin(), list.begin() + used);
    for (const Backlink& link : backlinks) near.push_back(link.row);
    const std::vector<uint32_t> chosen =
        lists_.Choose(lists_.Near(target, near), list.size(), lists_.few());
    std::fill(std::copy(chosen.begin(), chosen.end(), list.begin()), list.end(),
              HnswGraph::kNoRow);
  }

  const Int8Table& table_;
  const HnswOptions& options_;
  const int threads_;
  const std::vector<uint32_t> levels_;
  HnswLists lists_;
};

}  // namespace

absl::StatusOr<HnswGraph> HnswGraph::Build(const Int8Table& table,
                                           const HnswOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (!table.parts().in_rows()) {
    return absl::InvalidArgumentError(
        "a graph of a table laid out in blocks, expected Int8Layout::kRows");
  }
  absl::StatusOr<HnswGraph> graph = absl::InternalError("not built");
  EMBED_RETURN_IF_ERROR(CatchExceptions([&] {
    graph = HnswBuilder(table, options).Build();
    return graph.status();
  }));
  return graph;
}

}  // namespace embed
