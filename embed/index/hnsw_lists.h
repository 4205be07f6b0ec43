// The lists of links of an HnswGraph while it is built, with fixed places
// (HnswGraph::Parts), and the choice of what they hold.
#ifndef EMBED_INDEX_HNSW_LISTS_H_
#define EMBED_INDEX_HNSW_LISTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "embed/base/aligned_buffer.h"
#include "embed/index/hnsw_graph.h"
#include "embed/index/int8_table.h"
#include "embed/index/link_list.h"
#include "embed/index/row_similarity.h"

namespace embed {

// Threads may read all and change different lists.
class HnswLists {
 public:
  // A row and how near it is to the one whose list it is or may be in.
  struct Neighbour {
    float similarity;
    uint32_t row;
  };
  // By rising distance.
  static bool IsNearer(const Neighbour& a, const Neighbour& b) {
    return a.similarity > b.similarity ||
           (a.similarity == b.similarity && a.row < b.row);
  }

  // No lists yet. table: laid out in rows; it must outlive this.
  HnswLists(const Int8Table& table, int m, int threads)
      : table_(table),
        m_(static_cast<size_t>(m)),
        threads_(threads),
        similarity_(table, threads) {}

  // Empty lists: of each row as many above level 0 as `levels` says.
  // ResourceExhausted.
  absl::Status Make(const std::vector<uint32_t>& levels);

  uint32_t rows() const { return static_cast<uint32_t>(table_.rows()); }
  size_t m() const { return m_; }
  int threads() const { return threads_; }
  // A graph's, without an entry point. They change with the lists.
  HnswGraph::Parts parts() const;

  // All places of a list.
  absl::Span<uint32_t> List(uint32_t row, uint32_t level);
  // A list up to its first free place.
  static absl::Span<uint32_t> Used(absl::Span<uint32_t> list) {
    return list.first(LinkList(list).UpToNone().size());
  }
  // How many links lead to each row on level 0.
  std::vector<uint32_t> CountLeading() const;

  // `rows` in the list of `target`. What is not a number, which only rows of a
  // damaged file give, cannot be sorted: it is behind all that is.
  std::vector<Neighbour> Near(uint32_t target,
                              absl::Span<const uint32_t> rows) const;
  // At most `most` of `near`: nearest first, those that are nearer to the row
  // than to any chosen before, or nearly so, that links lead into all
  // directions (algorithm 4 of the paper, but for alpha in hnsw_lists.cc); then
  // of the others, until there are `few`. All, if they are fewer than `most`.
  std::vector<uint32_t> Choose(std::vector<Neighbour> near, size_t most,
                               size_t few) const;
  // While a graph is built.
  size_t few() const { return 3 * m_ / 4; }

  // Gives the memory of the lists before row `end` on level 0 back to the
  // system: they are not to be read any more.
  void Drop(uint64_t end);

 private:
  bool IsMuchNearer(float similarity, float than) const;
  // Whether it is much nearer to none of `chosen`.
  bool IsApart(const Neighbour& candidate,
               absl::Span<const uint32_t> chosen) const;
  uint32_t* links() { return static_cast<uint32_t*>(level_0_.data()); }

  const Int8Table& table_;
  const size_t m_;
  const int threads_;
  const RowSimilarity similarity_;
  AlignedBuffer level_0_;  // of huge pages, where the system has them
  std::vector<uint32_t> upper_lists_;
  std::vector<uint32_t> upper_links_;
};

}  // namespace embed

#endif  // EMBED_INDEX_HNSW_LISTS_H_
