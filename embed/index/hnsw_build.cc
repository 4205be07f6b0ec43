// Builds an HnswGraph in batches: the rows of a batch look for their neighbours
// in the graph as it was before it, and are then linked in one order. So
// threads share the work and the links do not depend on how many there are.
#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "embed/base/aligned_buffer.h"
#include "embed/base/exceptions.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/hnsw_scratch.h"
#include "embed/index/hnsw_walk.h"
#include "embed/index/int8_query.h"
#include "embed/index/row_similarity.h"
#include "faiss/impl/HNSW.h"
#include "faiss/utils/random.h"

namespace embed {
namespace {

// Order of insertion within a stretch of a level; any fixed number.
constexpr int64_t kOrderSeed = 789;
// The first stretch of a table; each other one is as long as all before it.
constexpr uint32_t kFirstStretch = 16;
// A row is not linked to one that is nearer to a linked row by more than this
// factor of squared distances: alpha of Subramanya and others (2019), "DiskANN:
// Fast Accurate Billion-point Nearest Neighbor Search on a Single Node"; 1 in
// the paper of HNSW. Then the nearest that were passed over fill its list up to
// 3/4 m links, as the paper's keepPrunedConnections does up to m. With 1 alone
// 100,000 rows of dim 128 had 6.4 links each and recall@10 0.95 and 0.98 took
// 710 and 1394 scored rows a query; with both 611 and 1084, and with the order
// below 477 and 904 (rows of benchmarks/search.sh, m 16, ef_construction 100).
constexpr float kApart = 1.1f;
// A batch is this part of the rows that are in: so few of a row's neighbours
// are in its own batch that recall does not suffer.
constexpr uint64_t kRowsPerBatchRow = 50;
constexpr uint64_t kLargestBatch = 4096;
// Less than this takes a thread no longer than starting it.
constexpr size_t kRowsPerThread = 8;
constexpr size_t kBacklinksPerThread = 128;

// The memory of a graph while it is built, and then of the graph.
struct LinkStorage {
  absl::Span<uint32_t> links() {
    return {static_cast<uint32_t*>(level_0.data()),
            level_0.size() / sizeof(uint32_t)};
  }

  AlignedBuffer level_0;  // of huge pages, where the system has them
  std::vector<uint32_t> upper_lists;
  std::vector<uint32_t> upper_links;
};

// A row and how near it is to the one whose list it is or may be in.
struct Neighbour {
  float similarity;
  uint32_t row;
};

bool IsNearer(const Neighbour& a, const Neighbour& b) {
  return a.similarity > b.similarity ||
         (a.similarity == b.similarity && a.row < b.row);
}

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

// The number of levels above 0 of each row: of those on a level about one in m
// is on the next, too. As FAISS draws them.
std::vector<uint32_t> DrawLevels(uint64_t rows, int m) {
  faiss::HNSW drawn(m);
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
        similarity_(table, threads_),
        levels_(DrawLevels(table.rows(), options.m)) {}

  absl::StatusOr<HnswGraph> Build() {
    const std::vector<uint32_t> order = InsertionOrder(levels_);
    auto storage = std::make_shared<LinkStorage>();
    storage_ = storage.get();
    EMBED_RETURN_IF_ERROR(MakeLists());
    HnswGraph::Parts parts;
    parts.rows = table_.rows();
    parts.m = options_.m;
    parts.entry_point = order[0];
    parts.links = storage_->links();
    parts.upper_lists = storage_->upper_lists;
    parts.upper_links = storage_->upper_links;
    EMBED_ASSIGN_OR_RETURN(HnswGraph graph,
                           HnswGraph::FromParts(parts, std::move(storage)));
    for (uint64_t begin = 1; begin < order.size();) {
      const uint64_t most =
          std::clamp<uint64_t>(begin / kRowsPerBatchRow, 1, kLargestBatch);
      const uint64_t end = std::min<uint64_t>(order.size(), begin + most);
      AddBatch(graph, absl::MakeConstSpan(order).subspan(begin, end - begin));
      begin = end;
    }
    LinkLostRows();
    return graph;
  }

 private:
  absl::Status MakeLists() {
    const uint64_t m = static_cast<uint64_t>(options_.m);
    EMBED_ASSIGN_OR_RETURN(
        storage_->level_0,
        AlignedBuffer::Create(2 * m * levels_.size() * sizeof(uint32_t)));
    const absl::Span<uint32_t> links = storage_->links();
    std::fill(links.begin(), links.end(), HnswGraph::kNoRow);
    uint32_t lists = 0;
    storage_->upper_lists.reserve(levels_.size() + 1);
    for (const uint32_t level : levels_) {
      storage_->upper_lists.push_back(lists);
      lists += level;
    }
    storage_->upper_lists.push_back(lists);
    storage_->upper_links.assign(m * lists, HnswGraph::kNoRow);
    return absl::OkStatus();
  }

  absl::Span<uint32_t> List(uint32_t row, uint32_t level) {
    const uint64_t m = static_cast<uint64_t>(options_.m);
    if (level == 0) {
      return storage_->links().subspan(2 * m * row, 2 * m);
    }
    const uint64_t list = storage_->upper_lists[row] + level - uint64_t{1};
    return absl::MakeSpan(storage_->upper_links).subspan(list * m, m);
  }

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
                  List(list.row, list.level).begin());
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
      std::vector<Neighbour> near;
      for (size_t i = 0; i < scratch->frontier.size(); ++i) {
        const uint32_t other = scratch->frontier.row(i);
        near.push_back(Near(row, other));
      }
      const size_t most = static_cast<size_t>(options_.m) << (level == 0);
      found.push_back({row, level, Choose(std::move(near), most)});
    }
    return found;
  }

  // `row` in the list of `target`. What is not a number, which only rows of a
  // damaged file give, cannot be sorted: it is behind all that is.
  Neighbour Near(uint32_t target, uint32_t row) const {
    const float similarity = similarity_(target, row);
    constexpr float kFarthest = -std::numeric_limits<float>::infinity();
    return {similarity == similarity ? similarity : kFarthest, row};
  }

  // At most `most` of `near`: nearest first, those that are nearer to the row
  // than to any chosen before, or nearly so, that links lead into all
  // directions (algorithm 4 of the paper, but for kApart); then of the others,
  // where these are few. All, if they are fewer.
  std::vector<uint32_t> Choose(std::vector<Neighbour> near, size_t most) const {
    std::sort(near.begin(), near.end(), IsNearer);
    std::vector<uint32_t> chosen;
    std::vector<uint32_t> passed;
    const bool all = near.size() < most;
    for (const Neighbour& candidate : near) {
      if (chosen.size() == most) break;
      const bool apart =
          all || std::none_of(chosen.begin(), chosen.end(), [&](uint32_t row) {
            return IsMuchNearer(similarity_(row, candidate.row),
                                candidate.similarity);
          });
      (apart ? chosen : passed).push_back(candidate.row);
    }
    const size_t few = static_cast<size_t>(3 * options_.m / 4);
    for (size_t i = 0; i < passed.size() && chosen.size() < few; ++i) {
      chosen.push_back(passed[i]);
    }
    return chosen;
  }

  // Whether a row of this similarity to a third is nearer to it, by more than
  // kApart, than one of that. Similarities are 1, or of l2 0, less half the
  // squared distance; of dot they are no distances and are just compared.
  bool IsMuchNearer(float similarity, float than) const {
    if (table_.metric() == Metric::kDot) return similarity > than;
    const float nearest = table_.metric() == Metric::kCosine ? 1 : 0;
    return kApart * (nearest - similarity) < nearest - than;
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

  // Puts each row that no list on level 0 has into one, if any near it has a
  // place to give. Full lists drop rows, and where very many are near to a few,
  // those of the few drop them for good.
  // Of 300,000 rows, 36 thousand words and noisy copies, 13 % could not be
  // found, of 1 M 41 %, and recall@10 ended at 0.985 and 0.955; now 0.996 and
  // 0.972. With more than m / 2 places of a list taken from other rows, of 1 M
  // rows fewer are found by as long a search.
  void LinkLostRows() {
    std::vector<uint32_t> leading(levels_.size());  // links to each row
    for (const uint32_t link : storage_->links()) {
      if (link != HnswGraph::kNoRow) ++leading[link];
    }
    std::vector<uint8_t> taken(levels_.size());  // places of each list
    for (uint32_t row = 0; row < leading.size(); ++row) {
      if (leading[row] > 0) continue;
      uint32_t* place = nullptr;
      for (const uint32_t near : Used(List(row, 0))) {
        place = FreePlace(near);
        if (place == nullptr && taken[near] < options_.m / 2) {
          place = SparePlace(near, leading);
          taken[near] += place != nullptr;
        }
        if (place != nullptr) break;
      }
      if (place == nullptr) place = FreePlaceBeyond(row);
      if (place == nullptr) continue;
      if (*place != HnswGraph::kNoRow) --leading[*place];
      *place = row;
      ++leading[row];
    }
  }

  // Null: the list of `row` on level 0 is full.
  uint32_t* FreePlace(uint32_t row) {
    const absl::Span<uint32_t> list = List(row, 0);
    const size_t used = Used(list).size();
    return used < list.size() ? &list[used] : nullptr;
  }

  // The last place in the list of `row` that is of one to which others lead,
  // too, or null.
  uint32_t* SparePlace(uint32_t row, const std::vector<uint32_t>& leading) {
    const absl::Span<uint32_t> list = List(row, 0);
    for (size_t i = list.size(); i-- > 0;) {
      if (leading[list[i]] > 1) return &list[i];
    }
    return nullptr;
  }

  // A free place of the nearest to `row` that the rows it links to link to:
  // of those of the first that has one with a free place.
  uint32_t* FreePlaceBeyond(uint32_t row) {
    for (const uint32_t near : Used(List(row, 0))) {
      Neighbour best = {0, HnswGraph::kNoRow};
      for (const uint32_t beyond : Used(List(near, 0))) {
        if (beyond == row || FreePlace(beyond) == nullptr) continue;
        const Neighbour found = Near(row, beyond);
        if (best.row == HnswGraph::kNoRow || IsNearer(found, best)) {
          best = found;
        }
      }
      if (best.row != HnswGraph::kNoRow) return FreePlace(best.row);
    }
    return nullptr;
  }

  // A list up to the first free place.
  static absl::Span<uint32_t> Used(absl::Span<uint32_t> list) {
    return list.first(static_cast<size_t>(
        std::find(list.begin(), list.end(), HnswGraph::kNoRow) - list.begin()));
  }

  // All of one list.
  void AddToList(absl::Span<const Backlink> backlinks) {
    const uint32_t target = backlinks[0].target;
    const absl::Span<uint32_t> list = List(target, backlinks[0].level);
    const size_t used = Used(list).size();
    if (used + backlinks.size() <= list.size()) {
      for (size_t i = 0; i < backlinks.size(); ++i) {
        list[used + i] = backlinks[i].row;
      }
      return;
    }
    std::vector<Neighbour> near;
    for (const uint32_t row : list.first(used)) {
      near.push_back(Near(target, row));
    }
    for (const Backlink& link : backlinks) {
      near.push_back(Near(target, link.row));
    }
    const std::vector<uint32_t> chosen = Choose(std::move(near), list.size());
    std::fill(std::copy(chosen.begin(), chosen.end(), list.begin()), list.end(),
              HnswGraph::kNoRow);
  }

  const Int8Table& table_;
  const HnswOptions& options_;
  const int threads_;
  const RowSimilarity similarity_;
  const std::vector<uint32_t> levels_;
  LinkStorage* storage_ = nullptr;
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
