// Made-up vectors with the traits of learned ones: clusters, and a large
// component that all rows share.
#ifndef EMBED_TESTS_EMBED_INDEX_TEST_VECTORS_H_
#define EMBED_TESTS_EMBED_INDEX_TEST_VECTORS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "embed/index/int8_table.h"
#include "embed/math/matrix_view.h"
#include "embed/model/vocabulary.h"

namespace embed {

// A matrix that owns its values.
struct TestMatrix {
  TestMatrix(uint64_t num_rows, int num_columns)
      : values(num_rows * num_columns), rows(num_rows), dim(num_columns) {}
  MatrixView view() const {
    return {values.data(), rows, dim, static_cast<uint64_t>(dim)};
  }
  MatrixView view(uint64_t begin, uint64_t count) const {
    return {row(begin), count, dim, static_cast<uint64_t>(dim)};
  }
  float* row(uint64_t i) { return values.data() + i * dim; }
  const float* row(uint64_t i) const { return values.data() + i * dim; }

  std::vector<float> values;
  uint64_t rows;
  int dim;
};

inline float NormalNumber(Philox* random) {
  const double radius = std::sqrt(-2 * std::log(1 - random->NextDouble()));
  return static_cast<float>(radius *
                            std::cos(6.283185307 * random->NextDouble()));
}

// The table that a graph is built for.
inline Int8Table TableInRows(const MatrixView& rows,
                             Int8TableOptions options = {}) {
  options.layout = Int8Layout::kRows;
  return Int8Table::Build(rows, options).value();
}

// Rows = common * one direction + a cluster's centre + noise, at mixed lengths.
inline TestMatrix ClusteredVectors(uint64_t rows, int dim, float common,
                                   uint64_t seed) {
  constexpr uint64_t kClusters = 50;
  Philox random(seed, RandomPurpose::kTest, 1, 0);
  TestMatrix centers(kClusters + 1, dim);
  for (float& value : centers.values) value = NormalNumber(&random);
  TestMatrix matrix(rows, dim);
  for (uint64_t i = 0; i < rows; ++i) {
    const float* center = centers.row(1 + random.Below(kClusters));
    const float length = 0.1f + static_cast<float>(random.NextDouble()) * 5;
    for (int j = 0; j < dim; ++j) {
      matrix.row(i)[j] = length * (common * centers.row(0)[j] + center[j] +
                                   0.7f * NormalNumber(&random));
    }
  }
  return matrix;
}

inline double Cosine(const float* a, const float* b, int dim) {
  double dot = 0;
  double aa = 0;
  double bb = 0;
  for (int j = 0; j < dim; ++j) {
    dot += double{a[j]} * b[j];
    aa += double{a[j]} * a[j];
    bb += double{b[j]} * b[j];
  }
  return aa == 0 || bb == 0 ? 0 : dot / std::sqrt(aa * bb);
}

// All ids by falling cosine, ties by id: brute force in double.
inline std::vector<uint32_t> ExactOrder(const MatrixView& rows,
                                        const float* query) {
  std::vector<double> scores(rows.rows);
  for (uint64_t i = 0; i < rows.rows; ++i) {
    scores[i] = Cosine(rows.row(i).data(), query, rows.dim);
  }
  std::vector<uint32_t> ids(rows.rows);
  std::iota(ids.begin(), ids.end(), 0);
  std::stable_sort(ids.begin(), ids.end(), [&](uint32_t a, uint32_t b) {
    return scores[a] > scores[b];
  });
  return ids;
}

// The share of the true k nearest that `hits` holds, over all queries.
inline double Recall(const MatrixView& rows, const MatrixView& queries,
                     const SearchHits& hits, size_t k) {
  size_t found = 0;
  for (uint64_t q = 0; q < queries.rows; ++q) {
    std::vector<uint32_t> ids = ExactOrder(rows, queries.row(q).data());
    ids.resize(k);
    for (const SearchHit& hit : hits[q]) {
      found += std::count(ids.begin(), ids.end(), hit.id);
    }
  }
  return static_cast<double>(found) / static_cast<double>(k * queries.rows);
}

inline Vocabulary NumberedKeys(uint64_t size) {
  std::vector<std::string> keys;
  for (uint64_t i = 0; i < size; ++i) {
    keys.push_back("item " + std::to_string(i * 7919 % 100000));
  }
  return Vocabulary::Create(keys, std::vector<uint64_t>(size, 1)).value();
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_INDEX_TEST_VECTORS_H_
