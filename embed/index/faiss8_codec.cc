#include "embed/index/faiss8_codec.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace embed {
namespace {

constexpr double kLeastCode = -128;
constexpr double kMostFaissCode = 127;
// Rows on which steps and rotations are compared.
constexpr uint64_t kRangeSampleRows = 4096;
// Steps that are tried, each 0.93 of the one before: from the largest value at
// code 127 down to a twentieth of that.
constexpr int kSteps = 42;
constexpr double kStepRatio = 0.93;
// A squared length so near to 1 moves a score by less than the rounding of its
// codes does; to come nearer would cost more than it brings (recall@10 of
// made-up clusters 0.984 in place of 0.988).
constexpr double kNearOne = 2e-4;
// Farther off than this after all columns were turned once, as rows are whose
// values were cut off: once more, at most so often.
constexpr double kFarFromOne = 2e-3;
constexpr int kMostPasses = 64;

// Of the rows of a sample that are not zero, their differences from the mean.
std::vector<float> SampleDifferences(const Int8Codec& codec,
                                     const MatrixView& vectors) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  const uint64_t sample = std::min(vectors.rows, kRangeSampleRows);
  std::vector<float> differences;
  std::vector<float> unit(dim);
  for (uint64_t i = 0; i < sample; ++i) {
    const uint64_t row = i * vectors.rows / sample;
    if (!codec.ToUnit(vectors.row(row), absl::MakeSpan(unit))) continue;
    for (size_t j = 0; j < dim; ++j) {
      differences.push_back(unit[j] - codec.mean[j]);
    }
  }
  return differences;
}

double SumOfSquaredErrors(absl::Span<const float> values, double step) {
  double sum = 0;
  for (const float value : values) {
    const double code =
        std::clamp(std::nearbyint(value / step), kLeastCode, kMostFaissCode);
    const double error = value - step * code;
    sum += error * error;
  }
  return sum;
}

// The step of the least squared error, of those tried.
float BestStep(const Int8Codec& codec, const MatrixView& vectors) {
  const std::vector<float> values = SampleDifferences(codec, vectors);
  double largest = 0;
  for (const float value : values) {
    largest = std::max(largest, std::abs(double{value}));
  }
  // All rows are equal, or zero: any step will do.
  if (!(largest / kMostFaissCode > 1e-30)) return 1.0f / 128;
  double best_step = largest / kMostFaissCode;
  double best_error = SumOfSquaredErrors(values, best_step);
  double step = best_step;
  for (int i = 1; i < kSteps; ++i) {
    step *= kStepRatio;
    const double error = SumOfSquaredErrors(values, step);
    if (error < best_error) {
      best_error = error;
      best_step = step;
    }
  }
  return static_cast<float>(best_step);
}

// A rounding that may be turned: code j by `direction`.
struct Turn {
  double cost;    // rise of the squared error for each unit of `change`
  double change;  // of the squared length
  size_t column;
  int direction;
};

// The turns that bring the squared length nearer to 1, the cheapest first.
std::vector<Turn> TurnsTowardsOne(const Faiss8Codec& codec,
                                  absl::Span<const float> unit,
                                  absl::Span<const int8_t> codes, bool longer) {
  const double step = codec.step;
  std::vector<Turn> turns;
  for (size_t j = 0; j < unit.size(); ++j) {
    const double value = codec.parts.mean[j] + step * codes[j];
    const double error = unit[j] - value;
    for (const int direction : {-1, 1}) {
      const double code = codes[j] + direction;
      const double change = step * (2 * direction * value + step);
      if (code < kLeastCode || code > kMostFaissCode ||
          (change > 0) != longer) {
        continue;
      }
      const double rise = step * (step - 2 * direction * error);
      turns.push_back({rise / std::abs(change), change, j, direction});
    }
  }
  std::sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) {
    return a.cost < b.cost || (a.cost == b.cost && a.column < b.column);
  });
  return turns;
}

// Turns roundings, each column once at most; returns the new squared length.
double TurnTowardsOne(const Faiss8Codec& codec, absl::Span<const float> unit,
                      double squared, absl::Span<int8_t> codes) {
  std::vector<bool> turned(unit.size());
  for (const Turn& turn :
       TurnsTowardsOne(codec, unit, codes, /*longer=*/squared < 1)) {
    const double left = 1 - squared;
    if (std::abs(left) <= kNearOne) break;
    // Only if it does not lead farther past 1 than it was away.
    if (turned[turn.column] || std::abs(left - turn.change) >= std::abs(left)) {
      continue;
    }
    codes[turn.column] =
        static_cast<int8_t>(codes[turn.column] + turn.direction);
    turned[turn.column] = true;
    squared += turn.change;
  }
  return squared;
}

}  // namespace

Faiss8Codec FitFaiss8Codec(const MatrixView& vectors, Int8Rotation rotation,
                           uint64_t seed, int threads) {
  const auto fit = [&](Int8Rotation how) {
    Faiss8Codec codec;
    codec.parts = FitInt8Codec(vectors, how, seed, threads);
    codec.step = BestStep(codec.parts.codec(), vectors);
    return codec;
  };
  if (rotation == Int8Rotation::kWhenBetter) {
    if (vectors.dim > kInt8MaxRotatedDim) return fit(Int8Rotation::kNever);
    Faiss8Codec plain = fit(Int8Rotation::kNever);
    Faiss8Codec rotated = fit(Int8Rotation::kAlways);
    const bool better = Faiss8SquaredError(rotated, vectors) <
                        kInt8RotationGain * Faiss8SquaredError(plain, vectors);
    return better ? std::move(rotated) : std::move(plain);
  }
  return fit(rotation);
}

void EncodeFaiss8Row(const Faiss8Codec& codec, absl::Span<const float> unit,
                     absl::Span<int8_t> codes) {
  double squared = 0;
  double wanted = 0;
  for (size_t j = 0; j < unit.size(); ++j) {
    const double mean = codec.parts.mean[j];
    const double code =
        std::clamp(std::nearbyint((unit[j] - mean) / codec.step), kLeastCode,
                   kMostFaissCode);
    codes[j] = static_cast<int8_t>(code);
    const double value = mean + double{codec.step} * code;
    squared += value * value;
    wanted += double{unit[j]} * unit[j];
  }
  if (wanted == 0) return;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const double before = std::abs(1 - squared);
    squared = TurnTowardsOne(codec, unit, squared, codes);
    const double after = std::abs(1 - squared);
    if (after <= kFarFromOne || after >= before) break;
  }
}

double Faiss8SquaredError(const Faiss8Codec& codec, const MatrixView& vectors) {
  const size_t dim = static_cast<size_t>(vectors.dim);
  const uint64_t sample = std::min(vectors.rows, kRangeSampleRows);
  std::vector<float> unit(dim);
  std::vector<int8_t> codes(dim);
  double error = 0;
  uint64_t count = 0;
  for (uint64_t i = 0; i < sample; ++i) {
    const uint64_t row = i * vectors.rows / sample;
    if (!codec.parts.codec().ToUnit(vectors.row(row), absl::MakeSpan(unit))) {
      continue;
    }
    EncodeFaiss8Row(codec, unit, absl::MakeSpan(codes));
    for (size_t j = 0; j < dim; ++j) {
      const double value = codec.parts.mean[j] + double{codec.step} * codes[j];
      error += (unit[j] - value) * (unit[j] - value);
    }
    ++count;
  }
  return count == 0 ? 0 : error / static_cast<double>(count);
}

}  // namespace embed
