// The row codec `faiss8`: 8-bit codes that FAISS's scalar quantiser (QT_8bit)
// reads, chosen so that its inner product ranks by cosine.
//
//   unit = rotation(x / |x|)            rotation: optional
//   code = integer in -128 .. 127 near (unit - mean) / step
//   stands for mean + step code
//
// One step for the whole table, that of the least squared error: FAISS has no
// scale a row. An inner product ranks by cosine only if all rows are equally
// long, and rounding changes lengths by more than it does directions. So of
// each row the roundings that cost the least are turned the other way until
// its length is 1 to within what one of them changes.
#ifndef EMBED_INDEX_FAISS8_CODEC_H_
#define EMBED_INDEX_FAISS8_CODEC_H_

#include <cstdint>

#include "absl/types/span.h"
#include "embed/index/int8_codec.h"
#include "embed/math/matrix_view.h"

namespace embed {

struct Faiss8Codec {
  Int8CodecParts parts;  // mean and rotation
  float step = 1;        // positive
};

// vectors: finite, at least one row. The result depends on the vectors, the
// seed and the rotation only, not on `threads`. With kWhenBetter a rotation is
// kept if it lowers the squared error on a sample to kInt8RotationGain.
Faiss8Codec FitFaiss8Codec(const MatrixView& vectors, Int8Rotation rotation,
                           uint64_t seed, int threads);

// Writes the codes [dim] of a row that Int8Codec::ToUnit() made; of a zero row
// those nearest to 0.
void EncodeFaiss8Row(const Faiss8Codec& codec, absl::Span<const float> unit,
                     absl::Span<int8_t> codes);

// Mean over a fixed sample of the non-zero rows of |unit - what its codes stand
// for|^2.
double Faiss8SquaredError(const Faiss8Codec& codec, const MatrixView& vectors);

}  // namespace embed

#endif  // EMBED_INDEX_FAISS8_CODEC_H_
