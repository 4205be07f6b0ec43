// The row codec `int8`: what one row becomes, and what it stands for. By
// cosine:
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
//
// The other metrics keep lengths. Their factors are those of rows / 2^exponent,
// the least power of two that no row (of l2: no row - mean) is longer than, so
// that rows of any magnitude have factors in the range of float:
//
//   dot: stands for |x| (weight mean + multiplier code), the same at the length
//        of x; both factors are held times |x| / 2^exponent
//   l2:  y = rotation((x - mean) / 2^exponent), code = round(y / step),
//        step = max |y| / 127,
//        multiplier = step |y| / |step code|: as long as y,
//        weight = -|y|^2 / 2: by it and y.q searches rank, since
//        |q - y|^2 = |q|^2 - 2 (q.y + weight)
//        stands for mean + 2^exponent rotated back (multiplier code)
//
// The mean is that of the rows' directions, of l2 that of the rows themselves.
#ifndef EMBED_INDEX_INT8_CODEC_H_
#define EMBED_INDEX_INT8_CODEC_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "embed/math/matrix_view.h"
#include "embed/math/metric.h"

namespace embed {

// Nothing is owned. Thread-safe.
struct Int8Codec {
  int dim() const { return static_cast<int>(mean.size()); }

  // Sets unit [dim] to the direction of x [dim] in the codec's axes. x: finite,
  // of any magnitude. False, and zeros, if x is zero.
  bool ToUnit(absl::Span<const float> x, absl::Span<float> unit) const;

  // Sets y [dim] to rotation((x - origin) / 2^scale), rounded to float; origin:
  // the mean for l2, else 0.
  void ToAxes(absl::Span<const float> x, int scale, absl::Span<float> y) const;

  // |x|, for l2 |x - mean|.
  double Length(absl::Span<const float> x) const;

  // [dim], in the codec's axes; of l2 in those of the rows.
  absl::Span<const float> mean;
  absl::Span<const float> rotation;  // [dim * dim], or empty: none
  Metric metric = Metric::kCosine;
  int exponent = 0;  // 0 for cosine
};

struct Int8RowFactors {
  float multiplier = 0;
  float weight = 0;
};

// The least e with length <= 2^e; 0 for 0.
int ExponentOf(double length);

// The exponent of a table of these rows by the codec's metric and mean; its own
// is not used.
int TableExponent(const Int8Codec& codec, const MatrixView& vectors,
                  int threads);

// Exponents of tables: float32 has numbers from 2^-149 to 2^128, and rows up to
// 4,096 of them.
constexpr int kInt8MaxExponent = 200;

// Writes the codes [dim] of a row x of any metric.
Int8RowFactors EncodeInt8(const Int8Codec& codec, absl::Span<const float> x,
                          absl::Span<int8_t> codes);

// The part of it that is the same for cosine and dot: writes the codes [dim] of
// a row that ToUnit() made.
Int8RowFactors EncodeInt8Row(const Int8Codec& codec,
                             absl::Span<const float> unit,
                             absl::Span<int8_t> codes);

// The mean and, where wanted, the rotation that a codec points to.
struct Int8CodecParts {
  Int8Codec codec() const { return {mean, rotation, metric, exponent}; }

  std::vector<float> mean;
  std::vector<float> rotation;
  Metric metric = Metric::kCosine;
  int exponent = 0;
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
                            uint64_t seed, int threads,
                            Metric metric = Metric::kCosine);

// Mean over a fixed sample of the non-zero rows of |unit - what its codes stand
// for|^2; of l2 of |y - multiplier code|^2.
double Int8SquaredError(const Int8Codec& codec, const MatrixView& vectors);

// The first row with a value that is not a finite number.
std::optional<uint64_t> FirstNonFiniteRow(const MatrixView& vectors,
                                          int threads);

}  // namespace embed

#endif  // EMBED_INDEX_INT8_CODEC_H_
