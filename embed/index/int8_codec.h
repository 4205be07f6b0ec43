// The row codec `int8` for cosine: what one row becomes, and what it stands
// for.
//
//   unit = rotation(x / |x|)           x a row; rotation: optional
//   step = max |unit - mean| / 127     one float a row
//   code = round((unit - mean) / step) int8, -127 .. 127
//   stands for (mean + step code) / |mean + step code|
//                = weight mean + multiplier code,
//   weight = 1 / |mean + step code|, multiplier = step * weight
//
// Learned rows share a large common component; with the mean taken out the step
// is finer. The division is by the length of what the codes stand for, not of
// x: that error would be larger than all the rounding. A zero row stays zero
// (weight = multiplier = 0).
#ifndef EMBED_INDEX_INT8_CODEC_H_
#define EMBED_INDEX_INT8_CODEC_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

// Nothing is owned. Thread-safe.
struct Int8Codec {
  int dim() const { return static_cast<int>(mean.size()); }

  // Sets unit [dim] to the direction of x [dim] in the codec's axes. x: finite,
  // of any magnitude. False, and zeros, if x is zero.
  bool ToUnit(absl::Span<const float> x, absl::Span<float> unit) const;

  absl::Span<const float> mean;      // [dim], in the codec's axes
  absl::Span<const float> rotation;  // [dim * dim], or empty: none
};

struct Int8RowFactors {
  float multiplier = 0;
  float weight = 0;
};

// Writes the codes [dim] of a row that ToUnit() made.
Int8RowFactors EncodeInt8Row(const Int8Codec& codec,
                             absl::Span<const float> unit,
                             absl::Span<int8_t> codes);

// The mean and, where wanted, the rotation that a codec points to.
struct Int8CodecParts {
  Int8Codec codec() const { return {mean, rotation}; }

  std::vector<float> mean;
  std::vector<float> rotation;
};

enum class Int8Rotation {
  kWhenBetter,  // if it lowers the error on a sample by kInt8RotationGain
  kNever,
  kAlways,
};

// Rotation costs dim^2 multiply-adds a query and 4 dim^2 bytes a file, so it
// must lower the mean squared error to 90 % or less to be kept. Tables wider
// than kInt8MaxRotatedDim are not rotated unless told to: making a matrix takes
// time dim^3.
constexpr double kInt8RotationGain = 0.9;
constexpr int kInt8MaxRotatedDim = 1024;

// vectors: finite, at least one row. The result depends on the vectors and the
// seed only, not on `threads`.
Int8CodecParts FitInt8Codec(const MatrixView& vectors, Int8Rotation rotation,
                            uint64_t seed, int threads);

// Mean over a fixed sample of the non-zero rows of |unit - what its codes stand
// for|^2.
double Int8SquaredError(const Int8Codec& codec, const MatrixView& vectors);

// The first row with a value that is not a finite number.
std::optional<uint64_t> FirstNonFiniteRow(const MatrixView& vectors,
                                          int threads);

}  // namespace embed

#endif  // EMBED_INDEX_INT8_CODEC_H_
