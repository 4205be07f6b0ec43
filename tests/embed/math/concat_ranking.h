// What SWEM-concat ranks items by: explicit concatenations, in double.
#ifndef EMBED_TESTS_EMBED_MATH_CONCAT_RANKING_H_
#define EMBED_TESTS_EMBED_MATH_CONCAT_RANKING_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "embed/math/metric.h"
#include "gtest/gtest.h"

namespace embed {

using TestRows = std::vector<std::vector<float>>;

// [mean; max] of the rows.
inline std::vector<double> Concatenation(const TestRows& rows) {
  const size_t dim = rows[0].size();
  std::vector<double> both(2 * dim);
  for (size_t i = 0; i < dim; ++i) {
    both[dim + i] = rows[0][i];
    for (const std::vector<float>& row : rows) {
      both[i] += row[i] / static_cast<double>(rows.size());
      both[dim + i] = std::max<double>(both[dim + i], row[i]);
    }
  }
  return both;
}

// Of the concatenations; larger is nearer.
inline double ConcatNearness(Metric metric, const TestRows& query,
                             const std::vector<float>& item) {
  const std::vector<double> a = Concatenation(query);
  const std::vector<double> b = Concatenation({item});
  double dot = 0;
  double a_square = 0;
  double b_square = 0;
  double distance = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    a_square += a[i] * a[i];
    b_square += b[i] * b[i];
    distance += (a[i] - b[i]) * (a[i] - b[i]);
  }
  if (metric == Metric::kL2) return -distance;
  return metric == Metric::kDot ? dot : dot / std::sqrt(a_square * b_square);
}

// Whether the items, rows of numbers about 1, come nearest first.
inline void ExpectConcatOrder(Metric metric, const TestRows& query,
                              const TestRows& items) {
  constexpr double kRounding = 1e-5;
  for (size_t i = 1; i < items.size(); ++i) {
    EXPECT_GE(ConcatNearness(metric, query, items[i - 1]),
              ConcatNearness(metric, query, items[i]) - kRounding)
        << MetricName(metric) << ", rank " << i;
  }
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_MATH_CONCAT_RANKING_H_
