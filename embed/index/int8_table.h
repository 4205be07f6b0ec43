// Rows of 8-bit codes, and exact search over them by cosine, dot product or
// squared distance (embed/math/metric.h). Codec: int8_codec.h, or another one
// of row_codec.h; layout and scan: embed/kernels/int8_scan.h.
//
//   row i = weights[i] * mean + multipliers[i] * codes of i, turned back by the
//           rotation if there is one, times 2^exponent
//           cosine: its length is 1 (faiss8: about 1), or 0 for a zero row
//           l2: mean + the rest, without the weight, which is -|the rest|^2 / 2
//   score(query, i) = the metric of query and row i; beyond float32 its largest
//                     number
//
// A search rounds the query to 8 bits, scans all rows for max(4 k, 40)
// candidates and scores these again with the float query. Memory: dim rounded
// up to 4, or in rows where that takes at most 8 bytes to 64, plus 8 bytes a
// row.
//
// A table may keep its unit rows in float16 as well, 2 bytes a number. They
// then take the place of what the codes stand for wherever a row or a score is
// given out; the codes only find the candidates.
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
#include "embed/index/row_codec.h"
#include "embed/kernels/int8_rows.h"
#include "embed/kernels/int8_scan.h"
#include "embed/math/matrix_view.h"

namespace embed {

// How codes and factors lie in memory and in files.
enum class Int8Layout {
  kBlocks,  // as embed/kernels/int8_scan.h says: for reading all rows
  kRows,    // as embed/kernels/int8_rows.h says: for a graph's single rows
};

struct Int8TableOptions {
  uint64_t seed = 1;  // of the rotation
  Int8Rotation rotation = Int8Rotation::kWhenBetter;
  int threads = 1;  // changes the speed only
  Metric metric = Metric::kCosine;
  RowCodec codec = RowCodec::kInt8;  // of whole numbers; see FitRowCoder()
  bool keep_f16 = false;  // the rows in float16, too; of int8 by cosine only
  Int8Layout layout = Int8Layout::kBlocks;
};

struct SearchHit {
  uint32_t id;
  float score;  // in the metric of the table

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
  // With `allowed`: how many queries to plan for. So many may score all allowed
  // rows together, which finds more, in less time than walks of their own. Not
  // taken from the call: a query's hits are the same in any company.
  uint64_t together = 1;
  bool exact = false;  // of an ItemIndex: not through its graph or lists
  // For search through lists only (embed/index/ivf_lists.h): of how many it
  // reads the rows; 0: as many as the lists say.
  int nprobe = 0;
};

// For each query its hits: nearest first, which is higher scores first, but for
// l2 lower ones; equal ones by smaller id.
using SearchHits = std::vector<std::vector<SearchHit>>;

class RowCoder;

class Int8Table {
 public:
  // What a table consists of, as in memory and in files. Codes and factors are
  // laid out as `layout` says (weights are its offsets), mean and rotation as
  // int8_codec.h says.
  struct Parts {
    float multiplier(uint64_t row) const {
      return in_rows() ? scales[row].multiplier : multipliers[row];
    }
    float weight(uint64_t row) const {
      return in_rows() ? scales[row].offset : weights[row];
    }
    // The codes of a row in groups of kInt8GroupColumns, one group_stride()
    // behind another.
    const uint8_t* RowCodes(uint64_t row) const {
      return codes.data() +
             (in_rows() ? row * row_stride : Int8CodeIndex(row, 0, dim));
    }
    uint64_t group_stride() const {
      return in_rows() ? kInt8GroupColumns : kInt8BlockRows * kInt8GroupColumns;
    }
    bool in_rows() const { return layout == Int8Layout::kRows; }

    uint64_t rows = 0;
    int dim = 0;
    Int8Layout layout = Int8Layout::kBlocks;
    uint64_t row_stride = 0;  // in rows: bytes from one to the next
    absl::Span<const uint8_t> codes;
    absl::Span<const float> multipliers;    // in blocks
    absl::Span<const float> weights;        // in blocks
    absl::Span<const Int8RowScale> scales;  // [rows], in rows: both of each
    absl::Span<const float> mean;
    absl::Span<const float> rotation;
    Metric metric = Metric::kCosine;
    int exponent = 0;  // of cosine always
    RowCodec codec = RowCodec::kInt8;
    // Unit rows in the codec's axes, as float16: 4 * Int8Groups(dim) numbers a
    // row, zeros past dim; empty: none are kept. Of int8 by cosine only.
    absl::Span<const uint16_t> f16;
    double f16_error = 0;  // the most that such a row differs from its codes
  };

  // The bytes depend on the vectors, the seed and the rotation option only.
  // InvalidArgument: no rows, more than 2^31, dim outside 1 .. kInt8MaxDim, a
  // value that is not finite (the message gives the row), what FitRowCoder()
  // refuses. ResourceExhausted.
  static absl::StatusOr<Int8Table> Build(const MatrixView& vectors,
                                         const Int8TableOptions& options);

  // The same with the codec of `like`, so that rows of both may be searched
  // together; the exponent is a larger one if there are longer rows. vectors:
  // of its dim. The rows lie in blocks. InvalidArgument: a codec other than
  // int8.
  static absl::StatusOr<Int8Table> BuildLike(const Int8Table& like,
                                             const MatrixView& vectors,
                                             int threads);

  // Rows of one table and then rows of another of the same codec but for the
  // exponent, of which it has the larger one; codes are copied as they are. The
  // layout is that of `first`.
  // InvalidArgument: no rows, too many. OutOfRange: one that
  // does not exist. ResourceExhausted.
  static absl::StatusOr<Int8Table> Gather(
      const Int8Table& first, absl::Span<const uint32_t> first_rows,
      const Int8Table& second, absl::Span<const uint32_t> second_rows);

  // A table over memory that `owner` keeps alive. InvalidArgument: sizes that
  // do not fit each other, arrays that are not 64-byte aligned, mean, rotation
  // or f16_error not finite, an exponent beyond kInt8MaxExponent or of cosine,
  // rows in float16 of another codec or metric than int8 by cosine.
  static absl::StatusOr<Int8Table> FromParts(const Parts& parts,
                                             std::shared_ptr<const void> owner);

  uint64_t rows() const { return parts_.rows; }
  int dim() const { return parts_.dim; }
  bool rotated() const { return !parts_.rotation.empty(); }
  bool has_f16() const { return !parts_.f16.empty(); }
  const Parts& parts() const { return parts_; }
  Int8ScanTable scan_table() const;
  // Of a table laid out in rows.
  Int8RowTable row_table() const {
    return {parts_.codes.data(), parts_.scales.data(), parts_.rows, parts_.dim,
            parts_.row_stride};
  }
  Metric metric() const { return parts_.metric; }
  RowCodec row_codec() const { return parts_.codec; }
  Int8Codec codec() const {
    return {parts_.mean, parts_.rotation, parts_.metric, parts_.exponent};
  }

  // Writes row `id` to out [dim].
  void Row(uint64_t id, absl::Span<float> out) const;

  // The k best rows for each query. The result is the same for any number of
  // threads, any grouping of the queries and any CPU. InvalidArgument: k is 0,
  // queries of another dim or not finite, `allowed` too short.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const;

  // The same among the rows of these ids, which exist and rise; the table lies
  // in rows. queries, options: such as Search() takes, without `allowed`.
  SearchHits SearchAmong(absl::Span<const uint32_t> ids,
                         const MatrixView& queries,
                         const SearchOptions& options) const;

  // All rows with a score of at least min_score, of l2 at most; options.k is
  // not used.
  absl::StatusOr<SearchHits> RangeSearch(const MatrixView& queries,
                                         float min_score,
                                         const SearchOptions& options) const;

 private:
  struct Encoding {
    RowCodec codec;
    bool keep_f16;
    Int8Layout layout;
    int threads;
  };
  // Codes finite vectors.
  static absl::StatusOr<Int8Table> Encode(const MatrixView& vectors,
                                          std::unique_ptr<RowCoder> coder,
                                          const Encoding& encoding);

  Int8Table(const Parts& parts, std::shared_ptr<const void> owner)
      : parts_(parts), owner_(std::move(owner)) {}

  Parts parts_;
  std::shared_ptr<const void> owner_;
};

}  // namespace embed

#endif  // EMBED_INDEX_INT8_TABLE_H_
