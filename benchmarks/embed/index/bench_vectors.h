// Rows and queries of the benchmarks of search, and their true neighbours.
#ifndef EMBED_BENCHMARKS_EMBED_INDEX_BENCH_VECTORS_H_
#define EMBED_BENCHMARKS_EMBED_INDEX_BENCH_VECTORS_H_

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "embed/math/matrix_view.h"

namespace embed {

constexpr int kTop = 10;
constexpr uint64_t kQueries = 500;

inline double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

struct Matrix {
  Matrix(uint64_t num_rows, int num_columns)
      : values(num_rows * num_columns), rows(num_rows), dim(num_columns) {}
  MatrixView view() const {
    return {values.data(), rows, dim, static_cast<uint64_t>(dim)};
  }
  float* row(uint64_t i) { return values.data() + i * dim; }

  std::vector<float> values;
  uint64_t rows;
  int dim;
};

inline void Normalize(float* row, int dim) {
  double squared = 0;
  for (int j = 0; j < dim; ++j) squared += double{row[j]} * row[j];
  const double scale = squared > 0 ? 1 / std::sqrt(squared) : 0;
  for (int j = 0; j < dim; ++j) row[j] = static_cast<float>(row[j] * scale);
}

// to = from + noise of length about `relative`, at length 1.
inline void NoisyCopy(const float* from, int dim, double relative, float* to,
                      std::mt19937_64* random) {
  std::normal_distribution<double> noise(0, relative / std::sqrt(dim));
  for (int j = 0; j < dim; ++j) {
    to[j] = static_cast<float>(from[j] + noise(*random));
  }
  Normalize(to, dim);
}

inline Matrix Enlarge(const MatrixView& rows, uint64_t size) {
  Matrix all(size, rows.dim);
  std::mt19937_64 random(1);
  for (uint64_t i = 0; i < size; ++i) {
    if (i < rows.rows) {
      std::copy_n(rows.row(i).data(), rows.dim, all.row(i));
      Normalize(all.row(i), rows.dim);
    } else {
      NoisyCopy(all.row(i % rows.rows), rows.dim, 0.5, all.row(i), &random);
    }
  }
  return all;
}

inline Matrix Queries(Matrix* rows) {
  Matrix queries(kQueries, rows->dim);
  std::mt19937_64 random(2);
  for (uint64_t i = 0; i < kQueries; ++i) {
    NoisyCopy(rows->row(random() % rows->rows), rows->dim, 0.2, queries.row(i),
              &random);
  }
  return queries;
}

// The kTop nearest rows for each query, of those that `wanted` accepts.
template <typename Wanted>
std::vector<uint32_t> ExactNeighbours(const MatrixView& rows,
                                      const MatrixView& queries,
                                      const Wanted& wanted) {
  std::vector<uint32_t> ids;
  std::vector<std::pair<float, uint32_t>> order;
  for (uint64_t q = 0; q < queries.rows; ++q) {
    order.clear();
    for (uint64_t i = 0; i < rows.rows; ++i) {
      if (!wanted(i)) continue;
      // Eight sums: the compiler may take them side by side.
      float sums[8] = {};
      for (int j = 0; j + 8 <= rows.dim; j += 8) {
        for (int l = 0; l < 8; ++l) {
          sums[l] += queries.row(q)[j + l] * rows.row(i)[j + l];
        }
      }
      float dot = 0;
      for (const float sum : sums) dot += sum;
      for (int j = rows.dim / 8 * 8; j < rows.dim; ++j) {
        dot += queries.row(q)[j] * rows.row(i)[j];
      }
      order.emplace_back(-dot, static_cast<uint32_t>(i));
    }
    std::partial_sort(order.begin(), order.begin() + kTop, order.end());
    for (int k = 0; k < kTop; ++k) ids.push_back(order[k].second);
  }
  return ids;
}

inline double Recall(const std::vector<uint32_t>& found,
                     const std::vector<uint32_t>& expected) {
  size_t hits = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    const auto first = expected.begin() + i / kTop * kTop;
    hits += std::count(first, first + kTop, found[i]);
  }
  return static_cast<double>(hits) / static_cast<double>(expected.size());
}

}  // namespace embed

#endif  // EMBED_BENCHMARKS_EMBED_INDEX_BENCH_VECTORS_H_
