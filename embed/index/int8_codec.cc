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
constexpr uint64_t kSampleRows = 4096;
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

// The mean of the directions of all rows that are not zero.
std::vector<float> MeanDirection(const MatrixView& vectors, int threads) {
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
        counts[part] += Normalize(vectors.row(i), absl::MakeSpan(unit));
        for (size_t j = 0; j < dim; ++j) sum[j] += unit[j];
      }
    }
  });
  uint64_t count = 0;
  for (const uint64_t part_count : counts) count += part_count;
  std::vector<float> mean(dim);
  for (size_t j = 0; j < dim; ++j) {
    double sum = 0;
    for (uint64_t part = 0; part < parts; ++part) sum += sums[part * dim + j];
    if (count > 0) mean[j] = static_cast<float>(sum / count);
  }
  return mean;
}

Int8CodecParts Rotated(const std::vector<float>& mean, uint64_t seed) {
  Int8CodecParts parts;
  parts.rotation = RandomRotation(static_cast<int>(mean.size()), seed);
  parts.mean.resize(mean.size());
  Rotate(parts.rotation, mean, absl::MakeSpan(parts.mean));
  return parts;
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
                            uint64_t seed, int threads) {
  Int8CodecParts plain;
  plain.mean = MeanDirection(vectors, threads);
  if (rotation == Int8Rotation::kNever) return plain;
  if (rotation == Int8Rotation::kAlways) return Rotated(plain.mean, seed);
  if (vectors.dim > kInt8MaxRotatedDim) return plain;
  Int8CodecParts rotated = Rotated(plain.mean, seed);
  const double plain_error = Int8SquaredError(plain.codec(), vectors);
  const double rotated_error = Int8SquaredError(rotated.codec(), vectors);
  return rotated_error < kInt8RotationGain * plain_error ? std::move(rotated)
                                                         : std::move(plain);
}

double Int8SquaredError(const Int8Codec& codec, const MatrixView& vectors) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  const uint64_t sample = std::min(vectors.rows, kSampleRows);
  std::vector<float> unit(dim);
  std::vector<int8_t> codes(dim);
  double error = 0;
  uint64_t count = 0;
  for (uint64_t i = 0; i < sample; ++i) {
    const uint64_t row = i * vectors.rows / sample;
    if (!codec.ToUnit(vectors.row(row), absl::MakeSpan(unit))) continue;
    const Int8RowFactors factors =
        EncodeInt8Row(codec, unit, absl::MakeSpan(codes));
    for (size_t j = 0; j < dim; ++j) {
      const double value = double{factors.weight} * codec.mean[j] +
                           double{factors.multiplier} * codes[j];
      error += (unit[j] - value) * (unit[j] - value);
    }
    ++count;
  }
  return count == 0 ? 0 : error / count;
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
