// A table of float32 vectors, row-major, shape [rows, dim].
//
// Rows start 64 bytes aligned and are padded with zeros to a multiple of 16
// floats, so kernels need no tails; the padding stays zero. Rows may be read
// and written by several threads at once without locks (Hogwild; Recht et al.
// 2011): that race is the training method's, not the caller's.
#ifndef EMBED_MODEL_EMBEDDING_TABLE_H_
#define EMBED_MODEL_EMBEDDING_TABLE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "embed/base/aligned_buffer.h"
#include "embed/math/matrix_view.h"

namespace embed {

class EmbeddingTable {
 public:
  static constexpr int kMaxDim = 4096;
  static constexpr int kRowAlignment = 16;  // floats

  EmbeddingTable() = default;

  // All zeros. InvalidArgument: dim outside 1 .. kMaxDim, rows above 2^31.
  // ResourceExhausted: no memory for it.
  static absl::StatusOr<EmbeddingTable> Create(uint64_t rows, int dim);

  // Gives it another number of rows; the first stay as they are, new ones are
  // zero. Growing copies them, shrinking keeps the memory. The table has a dim.
  // Errors: those of Create(); the table is then as before.
  absl::Status Resize(uint64_t rows);

  // The bytes that Create(rows, dim) asks for; 2^64 - 1 if they are more.
  static uint64_t BytesFor(uint64_t rows, int dim);

  uint64_t rows() const { return rows_; }
  int dim() const { return dim_; }
  // Floats from one row to the next: dim rounded up to a multiple of 16.
  uint64_t stride() const { return stride_; }
  bool empty() const { return rows_ == 0; }

  float* row(uint64_t index) { return data() + index * stride_; }
  const float* row(uint64_t index) const { return data() + index * stride_; }
  float* data() { return static_cast<float*>(buffer_.data()); }
  const float* data() const {
    return static_cast<const float*>(buffer_.data());
  }
  uint64_t bytes() const { return rows_ * stride_ * sizeof(float); }
  MatrixView view() const { return {data(), rows_, dim_, stride_}; }

  // Fills with independent uniform numbers on [-radius, radius). Element
  // (row, column) depends on (seed, row, column) only, whatever `threads` is.
  void FillUniform(float radius, uint64_t seed, int threads);

  // Fills with zeros. A new table is all zeros already, but of memory that the
  // system hands out only as it is touched: this takes it in order, on all
  // threads, where training would take it row by random row (measured, 1 M rows
  // of 512 bytes: the first epoch is 1.15 times as fast).
  void FillZero(int threads);

 private:
  AlignedBuffer buffer_;
  uint64_t rows_ = 0;
  int dim_ = 0;
  uint64_t stride_ = 0;
};

}  // namespace embed

#endif  // EMBED_MODEL_EMBEDDING_TABLE_H_
