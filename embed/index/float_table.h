// Rows of float32 or IEEE half numbers, and exact search over them by matrix
// products (embed/eval/score_rows.h): what the codes of an Int8Table are
// compared with.
//
// By cosine rows are held at length 1, else divided by 2^exponent, so that no
// row is longer than 1 and halves do not overflow. Half numbers are turned into
// floats a block of rows at a time. Candidates are chosen by float32 products
// and scored again in double.
//
// Immutable: any number of threads may search.
#ifndef EMBED_INDEX_FLOAT_TABLE_H_
#define EMBED_INDEX_FLOAT_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"

namespace embed {

struct FloatTableOptions {
  Metric metric = Metric::kCosine;
  bool half = false;
  int threads = 1;  // changes the speed only
};

class FloatTable {
 public:
  // InvalidArgument: no rows, no columns, a value that is not finite (the
  // message gives the row).
  static absl::StatusOr<FloatTable> Build(const MatrixView& vectors,
                                          const FloatTableOptions& options);

  FloatTable(FloatTable&&) = default;
  FloatTable& operator=(FloatTable&&) = default;

  uint64_t rows() const { return rows_; }
  int dim() const { return codec_.dim(); }

  // Writes row `id` to out [dim].
  void Row(uint64_t id, absl::Span<float> out) const;

  // The k nearest rows for each query; of the options k and threads are used,
  // the result does not depend on the latter. Scores and order are those of
  // Int8Table. InvalidArgument: k is 0, queries of another dim or not finite.
  absl::StatusOr<SearchHits> Search(const MatrixView& queries,
                                    const SearchOptions& options) const;

 private:
  FloatTable(const MatrixView& vectors, const FloatTableOptions& options);

  // The numbers of rows [first, first + count), in `scratch` if they are
  // halves.
  MatrixView Block(uint64_t first, uint64_t count,
                   std::vector<float>* scratch) const;
  // The hits of queries [begin, end).
  void SearchQueries(const MatrixView& queries, uint64_t begin, uint64_t end,
                     uint64_t k, SearchHits* hits) const;

  uint64_t rows_ = 0;
  std::vector<float> zeros_;  // [dim], the mean of codec_
  Int8Codec codec_;           // for its axes and lengths
  std::vector<float> floats_;
  std::vector<uint16_t> halves_;
  std::vector<float> half_squares_;  // of l2: |row|^2 / 2 as held
};

}  // namespace embed

#endif  // EMBED_INDEX_FLOAT_TABLE_H_
