// Rows of 8-bit codes that stand for unit vectors, and exact search over them
// by cosine. Codec: int8_codec.h; layout and scan: embed/kernels/int8_scan.h.
//
//   row i = weights[i] * mean + multipliers[i] * codes of i, turned back by the
//           rotation if there is one; its length is 1, or 0 for a zero row
//   score(query, i) = cosine(query, row i), 0 if either is zero
//
// A search rounds the query to 8 bits, scans all rows for max(4 k, 40)
// candidates and scores these again with the float query. Memory: dim rounded
// up to 4, plus 8 bytes a row.
//
// Immutable: any number of threads may search.
#ifndef EMBED_INDEX_INT8_TABLE_H_
#define EMBED_INDEX_INT8_TABLE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_codec.h"
#include "embed/kernels/int8_scan.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct Int8TableOptions {
  uint64_t seed = 1;  // of the rotation
  Int8Rotation rotation = Int8Rotation::kWhenBetter;
  int threads = 1;  // changes the speed only
};

struct SearchHit {
  uint32_t id;
  float score;  // cosine, in [-1, 1]

  bool operator==(const SearchHit& other) const {
    return id == other.id && score == other.score;
  }
};

struct SearchOptions {
  uint64_t k = 10;  // more than there are rows: all rows
  int threads = 1;  // changes the speed only
  // Empty: every row. Else one bit a row (bit id % 64 of word id / 64), and
  // only rows whose bit is set are found.
  absl::Span<const uint64_t> allowed;
  // The rest is for search through a graph only (embed/index/hnsw_graph.h).
  // How many rows it keeps in view, at least k; 0: as many as the graph says.
  // More find more of the true neighbours and take longer.
  int ef_search = 0;
  bool exact = false;  // of an ItemIndex: not through its graph
};

// For each query its hits: higher scores first, equal ones by smaller id.
using SearchHits = std::vector<std::vector<SearchHit>>;

class Int8Table {
 public:
  // What a table consists of, as in memory and in files. Codes and factors are
  // laid out as embed/kernels/int8_scan.h says (weights are its offsets), mean
  // and rotation as int8_codec.h says.
  struct Parts {
    uint64_t rows = 0;
    int dim = 0;
    absl::Span<const uint8_t> codes;
    absl::Span<const float> multipliers;
    absl::Span<const float> weights;
    absl::Span<const float> mean;
    absl::Span<const float> rotation;
  };

  // The bytes depend on the vectors, the seed and the rotation option only.
  // InvalidArgument: no rows, more than 2^31, dim outside 1 .. kInt8MaxDim, a
  // value that is not finite (the message gives the row). ResourceExhausted.
  static absl::StatusOr<Int8Table> Build(const MatrixView& vectors,
                                         const Int8TableOptions& options);

  // A table over memory that `owner` keeps alive. InvalidArgument: sizes that
  // do not fit each other, arrays that are not 64-byte aligned, mean or
  // rotation not finite.
  static absl::StatusOr<Int8Table> FromParts(const Parts& parts,
                                             std::shared_ptr<const void> owner);

  uint64_t rows() const { return parts_.rows; }
  int dim() const { return parts_.dim; }
  bool rotated() const { return !parts_.rotation.empty(); }
  const Parts& parts() const { return parts_; }
  Int8Codec codec() const { return {parts_.mean, parts_.rotation}; }

  // Writes row `id` to out [dim].
  void Row(uint64_t id, absl::Span<float> out) const;

  // The k best rows for each query. The result is the same for any number of
  // threads, any grouping of the queries and any CPU. InvalidArgument: k is 0,
  // queries of another dim or not finite, `allowed` too short.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const;

  // All rows with a score of at least min_score; options.k is not used.
  absl::StatusOr<SearchHits> RangeSearch(const MatrixView& queries,
                                         float min_score,
                                         const SearchOptions& options) const;

 private:
  Int8Table(const Parts& parts, std::shared_ptr<const void> owner)
      : parts_(parts), owner_(std::move(owner)) {}

  Parts parts_;
  std::shared_ptr<const void> owner_;
};

}  // namespace embed

#endif  // EMBED_INDEX_INT8_TABLE_H_
