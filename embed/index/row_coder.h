// What fills an Int8Table: one coder for each codec of whole numbers
// (row_codec.h), all behind one interface. A row stands for
//
//   weight mean + multiplier code, as embed/index/int8_table.h says,
//
// with the mean of the codec: of int8 and faiss8 that of the rows, of uint8 a
// vector of ones (the zero point is a multiple of it), of the others 0. By
// cosine all but faiss8 are divided by the length of what the codes stand for;
// by dot and l2 codecs other than int8 stand for what they are published as.
#ifndef EMBED_INDEX_ROW_CODER_H_
#define EMBED_INDEX_ROW_CODER_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/index/int8_codec.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"

namespace embed {

// Immutable: any number of threads may encode.
class RowCoder {
 public:
  virtual ~RowCoder() = default;

  // Writes the codes [dim] of a row x [dim]; of a row that stands for nothing
  // (zero by cosine) codes that the factors 0 belong to.
  virtual Int8RowFactors Encode(absl::Span<const float> x,
                                absl::Span<int8_t> codes) const = 0;

  const Int8CodecParts& parts() const { return parts_; }

 protected:
  explicit RowCoder(Int8CodecParts parts) : parts_(std::move(parts)) {}

 private:
  const Int8CodecParts parts_;
};

// InvalidArgument: rows of this codec cannot be ranked by this metric, uint8 by
// l2 and faiss8 by another metric than cosine.
absl::Status CheckCodecMetric(RowCodec codec, Metric metric);

// vectors: finite, at least one row. The result depends on the vectors and the
// options but for the threads. InvalidArgument: a codec of other than whole
// numbers, or what CheckCodecMetric() refuses.
absl::StatusOr<std::unique_ptr<RowCoder>> FitRowCoder(
    const MatrixView& vectors, const Int8TableOptions& options);

// The coder of int8 with this mean, rotation, metric and exponent.
std::unique_ptr<RowCoder> Int8CoderOf(const Int8Codec& codec);

}  // namespace embed

#endif  // EMBED_INDEX_ROW_CODER_H_
