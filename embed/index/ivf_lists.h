// Lists of near rows of an Int8Table, for search that reads some of them: the
// inverted file of Sivic and Zisserman (2003), "Video Google: a text retrieval
// approach to object matching in videos", with the centers of k-means.
//
// Each row is in the list of the center nearest to it by cosine. A search scans
// the rows of the `nprobe` lists whose centers are nearest to the query and
// finds what exact search would, but for rows of other lists. It takes about
// lists + rows * nprobe / lists scores.
//
// The rows of a list lie next to each other in the table, whose rows are put in
// this order before it is built (PartitionRows). So the lists take no memory
// but their centers, 8 bits a number, and 4 bytes each. A table's blocks of 16
// rows are scanned whole: rows at the ends of neighbouring lists come with it.
//
// Immutable: any number of threads may search.
#ifndef EMBED_INDEX_IVF_LISTS_H_
#define EMBED_INDEX_IVF_LISTS_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"

namespace embed {

constexpr uint32_t kMaxIvfLists = uint32_t{1} << 20;

struct IvfOptions {
  uint32_t lists = 0;  // 0: DefaultIvfLists() of the rows
  uint64_t seed = 1;
  int threads = 1;  // changes the speed only
};

// 4 sqrt(rows), as FAISS's guidelines have it, but 32 rows a list or more, and
// at most 65,536.
uint32_t DefaultIvfLists(uint64_t rows);

// Rows put into lists.
struct IvfPartition {
  Int8Table centers;             // [lists]
  std::vector<uint32_t> order;   // [rows]: those of the first list, rising, ...
  std::vector<uint32_t> starts;  // [lists + 1]: places of `order`
};

// K-means of FAISS's Clustering over the directions of at most 64 rows a list,
// 10 iterations, centers of length 1. vectors: finite, at least one row. The
// result depends on vectors, lists and seed only. InvalidArgument: more lists
// than rows or kMaxIvfLists. ResourceExhausted.
absl::StatusOr<IvfPartition> PartitionRows(const MatrixView& vectors,
                                           const IvfOptions& options);

// The same with centers that are there. vectors: finite, of their dim.
absl::StatusOr<IvfPartition> AssignRows(const Int8Table& centers,
                                        const MatrixView& vectors, int threads);

class IvfLists {
 public:
  // As in memory and in files (embed/index/FORMAT.md). Row i of the table is in
  // list j if starts[j] <= i < starts[j + 1].
  struct Parts {
    absl::Span<const uint32_t> starts;  // [lists + 1]
    int nprobe = 0;     // of searches that name none; 0: sqrt(lists)
    double recall = 0;  // that was measured with it; 0: not measured
  };

  // Lists over memory that `owner` keeps alive, for a table of `rows` rows.
  // InvalidArgument: sizes that do not fit each other, nprobe negative.
  // starts may be anything: a search stays inside the table.
  static absl::StatusOr<IvfLists> FromParts(Int8Table centers,
                                            const Parts& parts, uint64_t rows,
                                            std::shared_ptr<const void> owner);

  // InvalidArgument: the starts do not rise from 0 to the rows. Reads them all.
  absl::Status Check() const;

  const Parts& parts() const { return parts_; }
  uint64_t rows() const { return rows_; }
  uint32_t lists() const { return static_cast<uint32_t>(centers_.rows()); }
  const Int8Table& centers() const { return centers_; }

  // Sets what searches use that name no nprobe (at least 1), and the recall
  // that was measured with it.
  void SetNprobe(int nprobe, double recall) {
    parts_.nprobe = nprobe;
    parts_.recall = recall;
  }

  // The k best rows of the options.nprobe nearest lists, scored and ordered as
  // Int8Table::Search() does; table: the one whose rows are in these lists.
  // With options.allowed, lists are added until they hold about as many allowed
  // rows as give the same recall: nprobe rows / lists * sqrt(s) of them, where
  // the part s is allowed. Where that is half of all lists, or the lists read
  // hold fewer than k rows, the result is that of Int8Table::Search(). It is
  // the same for any number of threads and any CPU. InvalidArgument: as there,
  // or nprobe is negative.
  absl::StatusOr<SearchHits> Search(const Int8Table& table,
                                    const MatrixView& queries,
                                    const SearchOptions& options) const;

 private:
  IvfLists(Int8Table centers, const Parts& parts, uint64_t rows,
           std::shared_ptr<const void> owner)
      : centers_(std::move(centers)),
        parts_(parts),
        rows_(rows),
        owner_(std::move(owner)) {}

  Int8Table centers_;
  Parts parts_;
  uint64_t rows_;
  std::shared_ptr<const void> owner_;
};

}  // namespace embed

#endif  // EMBED_INDEX_IVF_LISTS_H_
