// The tables of LINE (embed/train/line.h): how the vectors of its two orders
// lie in them, how they start, and what they become in the end.
//
// With both orders a row of the vertex table holds first the vector of order 1,
// then, from the next multiple of 16 on, that of order 2, so one look-up brings
// both. The context table belongs to order 2 and has vectors of the same dim.
#ifndef EMBED_TRAIN_LINE_TABLES_H_
#define EMBED_TRAIN_LINE_TABLES_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "embed/model/embedding_table.h"

namespace embed {

enum class LineOrder { kFirst, kSecond, kBoth };

class LineLayout {
 public:
  // dim: of the result, with both orders two vectors of half of it behind one
  // another. InvalidArgument: both orders and an odd dim.
  static absl::StatusOr<LineLayout> Create(LineOrder order, int dim);

  LineOrder order() const { return order_; }
  bool has_first() const { return order_ != LineOrder::kSecond; }
  bool has_second() const { return order_ != LineOrder::kFirst; }
  bool has_both() const { return order_ == LineOrder::kBoth; }
  // Numbers in a vector of one order.
  int dim() const { return has_both() ? result_dim_ / 2 : result_dim_; }
  int result_dim() const { return result_dim_; }
  // Where vectors of order 2 begin in a row of the vertex table.
  int second_column() const;
  // Numbers in a row of the vertex table, from 1 up.
  int vertex_dim() const { return second_column() + dim(); }

 private:
  LineLayout(LineOrder order, int result_dim)
      : order_(order), result_dim_(result_dim) {}

  LineOrder order_;
  int result_dim_;
};

// The vertex table at its start: vectors uniform on +-1/2 over their dim, as in
// the released code. (That of contexts starts with zeros.) [rows, vertex_dim()]
absl::StatusOr<EmbeddingTable> MakeLineVertices(const LineLayout& layout,
                                                uint64_t rows, uint64_t seed,
                                                int threads);

// The result of a training: of every vertex the vectors of its orders, each of
// L2 norm 1 (zeros stay zeros), behind one another, [rows, result_dim()]. It
// takes the vertex table over; where half of the dim is no multiple of 16, it
// needs memory of its own besides. ResourceExhausted: there is none.
absl::StatusOr<EmbeddingTable> FinishLineVertices(const LineLayout& layout,
                                                  EmbeddingTable vertices);

}  // namespace embed

#endif  // EMBED_TRAIN_LINE_TABLES_H_
