#include "embed/math/pool.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/check.h"

namespace embed {
namespace {

constexpr std::pair<absl::string_view, Pooling> kNames[] = {
    {"mean", Pooling::kMean},
    {"max", Pooling::kMax},
    {"concat", Pooling::kConcat},
    {"sif", Pooling::kSif},
    {"hier", Pooling::kHierarchical}};

// The mean of the vectors begin .. end - 1, each with its weight if there are
// any.
std::vector<float> Mean(absl::Span<const float> vectors, size_t dim,
                        absl::Span<const double> weights, size_t begin,
                        size_t end) {
  std::vector<float> mean(dim);
  for (size_t i = 0; i < dim; ++i) {
    double sum = 0;
    for (size_t row = begin; row < end; ++row) {
      const double value = vectors[row * dim + i];
      sum += weights.empty() ? value : weights[row] * value;
    }
    mean[i] = static_cast<float>(sum / static_cast<double>(end - begin));
  }
  return mean;
}

void Raise(absl::Span<const float> vector, std::vector<float>* highest) {
  for (size_t i = 0; i < vector.size(); ++i) {
    (*highest)[i] = std::max((*highest)[i], vector[i]);
  }
}

std::vector<float> Max(absl::Span<const float> vectors, size_t dim) {
  std::vector<float> highest(vectors.begin(), vectors.begin() + dim);
  for (size_t at = dim; at < vectors.size(); at += dim) {
    Raise(vectors.subspan(at, dim), &highest);
  }
  return highest;
}

std::vector<float> Hierarchical(absl::Span<const float> vectors, size_t dim,
                                size_t window) {
  const size_t rows = vectors.size() / dim;
  window = std::min(window, rows);
  std::vector<float> highest = Mean(vectors, dim, {}, 0, window);
  for (size_t first = 1; first + window <= rows; ++first) {
    Raise(Mean(vectors, dim, {}, first, first + window), &highest);
  }
  return highest;
}

}  // namespace

absl::StatusOr<Pooling> PoolingFromName(absl::string_view name) {
  std::string names;
  for (const auto& [known, pooling] : kNames) {
    if (name == known) return pooling;
    absl::StrAppend(&names, names.empty() ? "" : ", ", known);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" is none of ", names));
}

absl::string_view PoolingName(Pooling pooling) {
  for (const auto& [name, known] : kNames) {
    if (pooling == known) return name;
  }
  return "";
}

double SifWeight(double a, double count, double total) {
  return count == 0 ? 1 : a / (a + count / total);
}

std::vector<float> Pool(absl::Span<const float> vectors, int dim,
                        absl::Span<const double> weights,
                        const PoolOptions& options) {
  const size_t width = static_cast<size_t>(dim);
  const size_t rows = vectors.size() / width;
  EMBED_DCHECK(rows >= 1 && rows * width == vectors.size());
  switch (options.pooling) {
    case Pooling::kMean:
      break;
    case Pooling::kMax:
      return Max(vectors, width);
    case Pooling::kConcat: {
      std::vector<float> both = Mean(vectors, width, {}, 0, rows);
      const std::vector<float> highest = Max(vectors, width);
      both.insert(both.end(), highest.begin(), highest.end());
      return both;
    }
    case Pooling::kSif:
      EMBED_DCHECK(weights.size() == rows);
      return Mean(vectors, width, weights, 0, rows);
    case Pooling::kHierarchical:
      return Hierarchical(vectors, width, static_cast<size_t>(options.window));
  }
  return Mean(vectors, width, {}, 0, rows);
}

std::vector<float> PoolForRows(absl::Span<const float> vectors, int dim,
                               absl::Span<const double> weights,
                               const PoolOptions& options) {
  std::vector<float> pooled = Pool(vectors, dim, weights, options);
  if (options.pooling != Pooling::kConcat) return pooled;
  const size_t width = static_cast<size_t>(dim);
  for (size_t i = 0; i < width; ++i) {
    const double sum = double{pooled[i]} + pooled[width + i];
    pooled[i] = static_cast<float>(sum / 2);
  }
  pooled.resize(width);
  return pooled;
}

}  // namespace embed
