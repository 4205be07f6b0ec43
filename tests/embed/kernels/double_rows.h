// Tables and losses in double, for the oracles of the SGD kernels.
#ifndef EMBED_TESTS_EMBED_KERNELS_DOUBLE_ROWS_H_
#define EMBED_TESTS_EMBED_KERNELS_DOUBLE_ROWS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "embed/model/embedding_table.h"

namespace embed {

using DoubleRow = std::vector<double>;
using DoubleRows = std::vector<DoubleRow>;

// All floats of the table, its padding included.
inline DoubleRows ToDouble(const EmbeddingTable& table) {
  DoubleRows rows(table.rows());
  for (uint64_t r = 0; r < table.rows(); ++r) {
    rows[r].assign(table.row(r), table.row(r) + table.stride());
  }
  return rows;
}

inline double Dot(const DoubleRow& a, const DoubleRow& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// a += factor * b
inline void AddTimes(double factor, const DoubleRow& b, DoubleRow* a) {
  for (size_t i = 0; i < b.size(); ++i) (*a)[i] += factor * b[i];
}

inline double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

inline double Softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

inline double LargestDifference(const EmbeddingTable& table,
                                const DoubleRows& rows) {
  double largest = 0;
  for (uint64_t r = 0; r < table.rows(); ++r) {
    for (uint64_t k = 0; k < table.stride(); ++k) {
      const double difference = std::abs(table.row(r)[k] - rows[r][k]);
      if (!(difference <= largest)) largest = difference;  // NaN shows
    }
  }
  return largest;
}

// d loss / d rows[r][k] for every element, by central differences.
template <class Loss>
DoubleRows NumericGradient(const Loss& loss, DoubleRows* rows) {
  constexpr double kStep = 1e-5;
  DoubleRows gradient = *rows;
  for (size_t r = 0; r < rows->size(); ++r) {
    for (size_t k = 0; k < (*rows)[r].size(); ++k) {
      const double value = (*rows)[r][k];
      (*rows)[r][k] = value + kStep;
      const double above = loss();
      (*rows)[r][k] = value - kStep;
      gradient[r][k] = (above - loss()) / (2 * kStep);
      (*rows)[r][k] = value;
    }
  }
  return gradient;
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_KERNELS_DOUBLE_ROWS_H_
