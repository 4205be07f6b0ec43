// A graph of near neighbours over the rows of an Int8Table, for search in
// about logarithmic time: HNSW of Malkov and Yashunin (2016), "Efficient and
// robust approximate nearest neighbor search using Hierarchical Navigable Small
// World graphs".
//
// Every row is on level 0 with up to 2 m links; of the rows of one level about
// one in m (but one in 4 of m 2 and 3) is on the next, with up to m links
// there. A search walks greedily from the entry point down to level 0, and
// there follows the links of the best ef_search rows it knows, best first. It
// returns what exact search would, but for the rows it does not come by.
//
// The rows are those of the table, which is laid out for it
// (Int8Layout::kRows). Memory, a row: at most 4 m + 8 bytes, while it is
// built, and as older files hold it, 8 m + 8 of lists.
//
// Immutable: any number of threads may search.
#ifndef EMBED_INDEX_HNSW_GRAPH_H_
#define EMBED_INDEX_HNSW_GRAPH_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/index/link_list.h"
#include "embed/math/matrix_view.h"

namespace embed {

// What a graph searches with unless it is told or tuned.
constexpr int kDefaultEfSearch = 100;

struct HnswOptions {
  // InvalidArgument: m outside 2 .. 256, ef_construction outside 1 .. 65,536.
  absl::Status Validate() const;

  int m = 16;                 // links a row, twice as many on level 0
  int ef_construction = 100;  // rows kept in view while links are sought
  int threads = 1;            // changes the speed only
};

class HnswScratchPool;

class HnswGraph {
 public:
  // Ends a list of links with a fixed place that is not full.
  static constexpr uint32_t kNoRow = ~uint32_t{0};
  // Rows whose offsets count from one base: so an offset fits 32 bits.
  static constexpr uint64_t kRowsPerBase = 65536;
  static constexpr uint64_t NumBases(uint64_t rows) {
    return rows / kRowsPerBase + 1;
  }

  // As in memory and in files (embed/index/FORMAT.md). Lists are packed, but
  // have fixed places while a graph is built, and in older files.
  struct Parts {
    bool packed() const { return !offsets.empty(); }
    uint64_t lists() const { return upper_links.size() / m; }

    uint64_t rows = 0;
    int m = 0;
    uint32_t entry_point = 0;
    int ef_search = kDefaultEfSearch;  // of searches that name none
    double recall = 0;  // that was measured with it; 0: not measured
    // Packed: links as in a LinkList, in LinkList::BytesFor(rows) bytes each,
    // and zeros up to the 4 bytes from the last one's start. Those of row i
    // start at link bases[i / kRowsPerBase] + offsets[i] and end where those of
    // the next start: the links of level 0, then for each further level of the
    // row one that is no row and the links of that level.
    absl::Span<const uint8_t> packed_links;
    absl::Span<const uint64_t> bases;    // [NumBases(rows)]
    absl::Span<const uint32_t> offsets;  // [rows + 1]
    // Fixed: of level 0; then of row i the lists from its entry to the next's;
    // and these, levels rising.
    absl::Span<const uint32_t> links;        // [rows, 2 m]
    absl::Span<const uint32_t> upper_lists;  // [rows + 1]
    absl::Span<const uint32_t> upper_links;  // [lists, m]
  };

  // InvalidArgument: the options, or a table that is not laid out in rows.
  // ResourceExhausted.
  static absl::StatusOr<HnswGraph> Build(const Int8Table& table,
                                         const HnswOptions& options);

  // A graph over memory that `owner` keeps alive. InvalidArgument: sizes that
  // do not fit each other, no such entry point, ef_search not positive.
  // Links may be anything: those that lead nowhere are passed over.
  static absl::StatusOr<HnswGraph> FromParts(const Parts& parts,
                                             std::shared_ptr<const void> owner);

  // InvalidArgument: a link or a list that does not exist. Reads all links.
  absl::Status Check() const;

  // The same graph with packed lists, all of them as long as they are; itself,
  // if they are packed. InvalidArgument: those of Check(), of fixed lists.
  // ResourceExhausted.
  absl::StatusOr<HnswGraph> Packed() const;

  const Parts& parts() const { return parts_; }
  uint64_t rows() const { return parts_.rows; }
  HnswScratchPool* scratch_pool() const { return scratch_.get(); }
  // The links of `row` on level 0, up to the first that is no row.
  LinkList Links(uint32_t row) const {
    const size_t most = 2 * static_cast<size_t>(parts_.m);
    if (!parts_.packed()) {
      return LinkList(absl::MakeSpan(parts_.links.data() + row * most, most));
    }
    return PackedLists(row).First(most);
  }
  // Asks memory for what Links() reads to find the list.
  void PrefetchPlace(uint32_t row) const {
    if (parts_.packed()) __builtin_prefetch(parts_.offsets.data() + row);
  }
  // The same on level 1 and up, up to the first that is no row; empty where the
  // row is not.
  LinkList UpperLinks(uint32_t row, uint32_t level) const;
  // On how many levels above 0 the row is, below 64.
  uint32_t UpperLevels(uint32_t row) const;
  // The highest level, which is that of the entry point.
  uint32_t max_level() const { return UpperLevels(parts_.entry_point); }

  // Sets what searches use that name no ef_search (at least 1), and the recall
  // that was measured with it.
  void SetEfSearch(int ef_search, double recall) {
    parts_.ef_search = ef_search;
    parts_.recall = recall;
  }

  // The k nearest rows that a walk of max(ef_search, k) rows comes by, scored
  // and ordered as Int8Table::Search() does; table: the one this graph was
  // built for. With options.allowed the walk keeps so many more in view that
  // enough are allowed ones; where these are few, or hard to come by, all of
  // them are scored instead (hnsw_allowed.h) and the result is that of
  // Int8Table::Search(), as it is where a walk would take longer than that or
  // ends with fewer than k rows. The result
  // is the same for any number of threads or queries and any CPU; several
  // queries a call take less time each than lone ones. InvalidArgument: as
  // there, or ef_search is negative.
  absl::StatusOr<SearchHits> Search(const Int8Table& table,
                                    const MatrixView& queries,
                                    const SearchOptions& options) const;

 private:
  HnswGraph(const Parts& parts, std::shared_ptr<const void> owner);

  // The start of a row's packed lists, or behind the last row their end.
  uint64_t Start(uint64_t row) const {
    return parts_.bases[row / kRowsPerBase] + parts_.offsets[row];
  }
  // Inside the links, whatever a file says.
  LinkList PackedLists(uint32_t row) const {
    const uint64_t end = std::min(Start(uint64_t{row} + 1), num_packed_);
    const uint64_t begin = std::min(Start(row), end);
    return {parts_.packed_links.data() + begin * link_bytes_,
            static_cast<size_t>(end - begin), link_bytes_};
  }
  absl::Status CheckPacked() const;
  absl::Status CheckFixed() const;

  Parts parts_;
  uint32_t link_bytes_ = 0;  // of a packed link
  uint64_t num_packed_ = 0;  // how many there are
  std::shared_ptr<const void> owner_;
  std::shared_ptr<HnswScratchPool> scratch_;
};

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_GRAPH_H_
