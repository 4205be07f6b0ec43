#include "embed/index/int8_codec.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/index/rotation.h"

namespace embed {
namespace {

constexpr float kLargestCode = 127;
// Rows of the sample on which codecs are compared: their error is an average
// over sample * dim roundings, known to well under a percent.
constexpr uint64_t kRotationSampleRows = 4096;
// Sums over the table are made over parts of this many rows, then over parts,
// so that their rounding does not depend on the number of threads.
constexpr uint64_t kSumRows = 4096;

// Rounds to the nearest integer, ties to even, for |x| < 2^22: the sum has no
// bits left below the units. Unlike a call of lrint it can be vectorised.
float RoundToInteger(float x) {
  constexpr float kShift = 0x1.8p23f;
  return (x + kShift) - kShift;
}

double SquaredNorm(absl::Span<const float> x) {
  double sum = 0;
  for (const float value : x) sum += double{value} * value;
  return sum;
}

// Sets unit to x / |x|; no float squared can leave the range of double.
bool Normalize(absl::Span<const float> x, absl::Span<float> unit) {
  const double squared = SquaredNorm(x);
  if (squared == 0) {
    std::fill(unit.begin(), unit.end(), 0.0f);
    return false;
  }
  const double scale = 1 / std::sqrt(squared);
  for (size_t j = 0; j < x.size(); ++j) {
    unit[j] = static_cast<float>(x[j] * scale);
  }
  return true;
}

// The mean of the directions of all rows that are not zero; of l2 that of the
// rows.
std::vector<float> MeanOf(const MatrixView& vectors, Metric metric,
                          int threads) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  const uint64_t parts = (vectors.rows + kSumRows - 1) / kSumRows;
  std::vector<double> sums(parts * dim);
  std::vector<uint64_t> counts(parts);
  ParallelFor(threads, parts, [&](uint64_t begin, uint64_t end) {
    std::vector<float> unit(dim);
    for (uint64_t part = begin; part < end; ++part) {
      double* sum = sums.data() + part * dim;
      const uint64_t last = std::min(vectors.rows, (part + 1) * kSumRows);
      for (uint64_t i = part * kSumRows; i < last; ++i) {
        absl::Span<const float> row = vectors.row(i);
        if (metric == Metric::kL2) {
          ++counts[part];
        } else {
          counts[part] += Normalize(row, absl::MakeSpan(unit));
          row = unit;
        }
        for (size_t j = 0; j < dim; ++j) sum[j] += row[j];
      }
    }
  });
  uint64_t count = 0;
  for (const uint64_t part_count : counts) count += part_count;
  std::vector<float> mean(dim);
  if (count == 0) return mean;
  for (size_t j = 0; j < dim; ++j) {
    double sum = 0;
    for (uint64_t part = 0; part < parts; ++part) sum += sums[part * dim + j];
    mean[j] = static_cast<float>(sum / static_cast<double>(count));
  }
  return mean;
}

// The codec with a rotation.
Int8CodecParts Rotated(Int8CodecParts parts, uint64_t seed) {
  parts.rotation = RandomRotation(static_cast<int>(parts.mean.size()), seed);
  if (parts.metric == Metric::kL2) return parts;
  const std::vector<float> mean = parts.mean;
  Rotate(parts.rotation, mean, absl::MakeSpan(parts.mean));
  return parts;
}

// Rounds y to codes of a step and returns the step, or 0, and codes 0, where it
// would be so small that 1 / step overflows.
float RoundToCodes(absl::Span<const float> y, absl::Span<int8_t> codes) {
  float largest = 0;
  for (const float value : y) largest = std::max(largest, std::abs(value));
  const float step = largest / kLargestCode;
  const float scale = step > 0 ? 1 / step : 0;
  const bool flat = scale == 0 || std::isinf(scale);
  for (size_t j = 0; j < y.size(); ++j) {
    const float code = flat ? 0 : RoundToInteger(y[j] * scale);
    codes[j] =
        static_cast<int8_t>(std::clamp(code, -kLargestCode, kLargestCode));
  }
  return flat ? 0 : step;
}

// y: of ToAxes().
Int8RowFactors EncodeInt8L2(absl::Span<const float> y,
                            absl::Span<int8_t> codes) {
  const float step = RoundToCodes(y, codes);
  if (step == 0) return {};
  double squared = 0;
  for (const int8_t code : codes) squared += int{code} * code;
  const double length_squared = SquaredNorm(y);
  return {static_cast<float>(std::sqrt(length_squared / squared)),
          static_cast<float>(-0.5 * length_squared)};
}

bool IsFinite(absl::Span<const float> row) {
  // 0 * x is 0 for finite x only.
  float sum = 0;
  for (const float value : row) sum += 0 * value;
  return sum == 0;
}

}  // namespace

bool Int8Codec::ToUnit(absl::Span<const float> x,
                       absl::Span<float> unit) const {
  if (rotation.empty()) return Normalize(x, unit);
  std::vector<float> before(x.size());
  const bool nonzero = Normalize(x, absl::MakeSpan(before));
  Rotate(rotation, before, unit);
  return nonzero;
}

void Int8Codec::ToAxes(absl::Span<const float> x, int scale,
                       absl::Span<float> y) const {
  std::vector<float> before(rotation.empty() ? 0 : x.size());
  const absl::Span<float> out = rotation.empty() ? y : absl::MakeSpan(before);
  for (size_t j = 0; j < x.size(); ++j) {
    const double origin = metric == Metric::kL2 ? mean[j] : 0;
    out[j] = static_cast<float>(std::ldexp(x[j] - origin, -scale));
  }
  if (!rotation.empty()) Rotate(rotation, before, y);
}

double Int8Codec::Length(absl::Span<const float> x) const {
  if (metric != Metric::kL2) return std::sqrt(SquaredNorm(x));
  double sum = 0;
  for (size_t j = 0; j < x.size(); ++j) {
    const double difference = double{x[j]} - mean[j];
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

int ExponentOf(double length) {
  int exponent = 0;
  const double fraction = std::frexp(length, &exponent);
  return fraction == 0.5 ? exponent - 1 : exponent;
}

int TableExponent(const Int8Codec& codec, const MatrixView& vectors,
                  int threads) {
  if (codec.metric == Metric::kCosine) return 0;
  const uint64_t parts = (vectors.rows + kSumRows - 1) / kSumRows;
  std::vector<double> longest(parts);
  ParallelFor(threads, parts, [&](uint64_t begin, uint64_t end) {
    for (uint64_t part = begin; part < end; ++part) {
      const uint64_t last = std::min(vectors.rows, (part + 1) * kSumRows);
      for (uint64_t i = part * kSumRows; i < last; ++i) {
        longest[part] = std::max(longest[part], codec.Length(vectors.row(i)));
      }
    }
  });
  return ExponentOf(*std::max_element(longest.begin(), longest.end()));
}

Int8RowFactors EncodeInt8(const Int8Codec& codec, absl::Span<const float> x,
                          absl::Span<int8_t> codes) {
  std::vector<float> y(x.size());
  if (codec.metric == Metric::kL2) {
    codec.ToAxes(x, codec.exponent, absl::MakeSpan(y));
    return EncodeInt8L2(y, codes);
  }
  if (!codec.ToUnit(x, absl::MakeSpan(y))) {
    std::fill(codes.begin(), codes.end(), int8_t{0});
    return {};
  }
  const Int8RowFactors factors = EncodeInt8Row(codec, y, codes);
  if (codec.metric == Metric::kCosine) return factors;
  const double length = std::ldexp(codec.Length(x), -codec.exponent);
  return {static_cast<float>(factors.multiplier * length),
          static_cast<float>(factors.weight * length)};
}

Int8RowFactors EncodeInt8Row(const Int8Codec& codec,
                             absl::Span<const float> unit,
                             absl::Span<int8_t> codes) {
  const size_t dim = unit.size();
  const float* mean = codec.mean.data();
  float largest = 0;
  for (size_t j = 0; j < dim; ++j) {
    largest = std::max(largest, std::abs(unit[j] - mean[j]));
  }
  const float step = largest / kLargestCode;
  // A step so small that 1 / step overflows codes nothing but rounding errors.
  const float scale = step > 0 ? 1 / step : 0;
  const bool flat = scale == 0 || std::isinf(scale);
  double squared = 0;
  for (size_t j = 0; j < dim; ++j) {
    const float scaled = flat ? 0 : (unit[j] - mean[j]) * scale;
    const float code =
        std::clamp(RoundToInteger(scaled), -kLargestCode, kLargestCode);
    codes[j] = static_cast<int8_t>(code);
    const double value = double{mean[j]} + double{step} * code;
    squared += value * value;
  }
  // Rounding moves a unit row by at most step * sqrt(dim) / 2 < 0.51, so its
  // reconstruction cannot vanish.
  EMBED_DCHECK(squared > 0);
  const double weight = 1 / std::sqrt(squared);
  return {flat ? 0 : static_cast<float>(step * weight),
          static_cast<float>(weight)};
}

Int8CodecParts FitInt8Codec(const MatrixView& vectors, Int8Rotation rotation,
                            uint64_t seed, int threads, Metric metric) {
  Int8CodecParts plain;
  plain.metric = metric;
  plain.mean = MeanOf(vectors, metric, threads);
  plain.exponent = TableExponent(plain.codec(), vectors, threads);
  if (rotation == Int8Rotation::kNever) return plain;
  if (rotation == Int8Rotation::kAlways) return Rotated(plain, seed);
  if (vectors.dim > kInt8MaxRotatedDim) return plain;
  Int8CodecParts rotated = Rotated(plain, seed);
  const double plain_error = Int8SquaredError(plain.codec(), vectors);
  const double rotated_error = Int8SquaredError(rotated.codec(), vectors);
  return rotated_error < kInt8RotationGain * plain_error ? std::move(rotated)
                                                         : std::move(plain);
}

double Int8SquaredError(const Int8Codec& codec, const MatrixView& vectors) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  const bool l2 = codec.metric == Metric::kL2;
  const uint64_t sample = std::min(vectors.rows, kRotationSampleRows);
  std::vector<float> unit(dim);
  std::vector<int8_t> codes(dim);
  double error = 0;
  uint64_t count = 0;
  for (uint64_t i = 0; i < sample; ++i) {
    const uint64_t row = i * vectors.rows / sample;
    if (l2) {
      codec.ToAxes(vectors.row(row), codec.exponent, absl::MakeSpan(unit));
    } else if (!codec.ToUnit(vectors.row(row), absl::MakeSpan(unit))) {
      continue;
    }
    const Int8RowFactors factors =
        l2 ? EncodeInt8L2(unit, absl::MakeSpan(codes))
           : EncodeInt8Row(codec, unit, absl::MakeSpan(codes));
    for (size_t j = 0; j < dim; ++j) {
      const double center = l2 ? 0 : double{factors.weight} * codec.mean[j];
      const double value = center + double{factors.multiplier} * codes[j];
      error += (unit[j] - value) * (unit[j] - value);
    }
    ++count;
  }
  return count == 0 ? 0 : error / static_cast<double>(count);
}

std::optional<uint64_t> FirstNonFiniteRow(const MatrixView& vectors,
                                          int threads) {
  std::atomic<uint64_t> first = vectors.rows;
  ParallelFor(threads, vectors.rows, [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      if (IsFinite(vectors.row(i))) continue;
      uint64_t seen = first;
      while (i < seen && !first.compare_exchange_weak(seen, i)) {
      }
      return;
    }
  });
  if (first == vectors.rows) return std::nullopt;
  return first.load();
}

}  // namespace embed
