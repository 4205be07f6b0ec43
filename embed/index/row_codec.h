// The ways to store a row of numbers in few bytes: what each is called, where
// it was published, and what it takes. y is the row, of an index by cosine at
// length 1.
//
//   int8        y = weight mean + multiplier code   int8_codec.h
//   int8_plain  y = step code, step = max |y| / 127
//               (Krishnamoorthi 2018, one scale a channel; here a row)
//   int8_pow2   y = 2^e code, e = ceil(log2 max |y|) - 7: fixed point
//   uint8       y = step (code - zero), code in 0 .. 255, zero a code
//               (Jacob et al., CVPR 2018)
//   int8_sat    y = step code, one step a table, values beyond 127 steps cut
//               off where that tells least (KL) of them (Migacz, GTC 2017)
//   int4        y = step code, code in -7 .. 7, cut off where the squared error
//               is least
//   faiss8      y = mean + step code, one step a table   faiss8_codec.h
//   f16, f32    IEEE 754 numbers
#ifndef EMBED_INDEX_ROW_CODEC_H_
#define EMBED_INDEX_ROW_CODEC_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace embed {

enum class RowCodec {
  kInt8,
  kInt8Plain,
  kInt8Pow2,
  kUint8,
  kInt8Sat,
  kInt4,
  kFaiss8,
  kF16,
  kF32,
};

// All of them, in the order above.
absl::Span<const RowCodec> AllRowCodecs();

absl::string_view RowCodecName(RowCodec codec);
// InvalidArgument (listing the names): another name.
absl::StatusOr<RowCodec> RowCodecFromName(absl::string_view name);

// Whether its codes are whole numbers, which an Int8Table holds.
bool IsIntegerCodec(RowCodec codec);

// What a row of dim numbers takes: its codes, and what the codec keeps of each
// row; not what it keeps of a table. An Int8Table holds a byte a code and 8
// bytes of factors a row, whatever the codec.
uint64_t RowCodecBytes(RowCodec codec, int dim);

}  // namespace embed

#endif  // EMBED_INDEX_ROW_CODEC_H_
