// Pearson's chi-square test for tests with a fixed seed.
#ifndef EMBED_TESTS_EMBED_BASE_CHI_SQUARE_H_
#define EMBED_TESTS_EMBED_BASE_CHI_SQUARE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace embed {

// How far the statistic of `observed` lies above its mean, in its standard
// deviations, when cell i has the probability weights[i] / sum of weights. 5 is
// a safe bound for a true hypothesis. Cells of weight 0 must be empty.
inline double ChiSquareDeviations(const std::vector<uint64_t>& observed,
                                  const std::vector<double>& weights) {
  double draws = 0;
  double sum = 0;
  for (size_t i = 0; i < observed.size(); ++i) {
    draws += static_cast<double>(observed[i]);
    sum += weights[i];
  }
  double statistic = 0;
  double freedom = -1;
  for (size_t i = 0; i < observed.size(); ++i) {
    if (weights[i] == 0) {
      EXPECT_EQ(observed[i], 0u) << "cell " << i;
      continue;
    }
    const double expected = draws * weights[i] / sum;
    EXPECT_GE(expected, 5) << "too few draws for cell " << i;
    const double difference = static_cast<double>(observed[i]) - expected;
    statistic += difference * difference / expected;
    freedom += 1;
  }
  return (statistic - freedom) / std::sqrt(2 * freedom);
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_BASE_CHI_SQUARE_H_
