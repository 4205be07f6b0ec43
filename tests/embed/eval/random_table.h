// Random vectors for tests, and their form in Python.
#ifndef EMBED_TESTS_EMBED_EVAL_RANDOM_TABLE_H_
#define EMBED_TESTS_EMBED_EVAL_RANDOM_TABLE_H_

#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "embed/model/embedding_table.h"

namespace embed {

inline EmbeddingTable RandomTable(uint64_t rows, int dim, uint32_t seed) {
  std::mt19937 random(seed);
  EmbeddingTable table = *EmbeddingTable::Create(rows, dim);
  for (uint64_t row = 0; row < rows; ++row) {
    for (int i = 0; i < dim; ++i) {
      table.row(row)[i] =
          static_cast<float>(random()) / static_cast<float>(1u << 31) - 1;
    }
  }
  return table;
}

// The rows as a NumPy array of doubles: "np.array([[...], ...])".
inline std::string NumpyArray(const MatrixView& rows) {
  std::string text = "np.array([";
  for (uint64_t row = 0; row < rows.rows; ++row) {
    absl::StrAppend(&text, "[");
    for (const float value : rows.row(row)) {
      absl::StrAppendFormat(&text, "%.9g,", value);
    }
    absl::StrAppend(&text, "],");
  }
  return text + "])";
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_EVAL_RANDOM_TABLE_H_
