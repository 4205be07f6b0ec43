// Made-up data to classify: vectors around the centres of their labels.
#ifndef EMBED_TESTS_EMBED_EVAL_LABELLED_SAMPLES_H_
#define EMBED_TESTS_EMBED_EVAL_LABELLED_SAMPLES_H_

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"
#include "gtest/gtest.h"

namespace embed {

struct LabelledSamples {
  EmbeddingTable table;
  std::vector<std::vector<uint32_t>> labels;
};

// One label each, or also a second one for every third sample.
inline LabelledSamples MakeSamples(uint32_t size, int dim, uint32_t num_labels,
                                   bool several) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  const auto fill = [&](EmbeddingTable* table) {
    for (uint64_t row = 0; row < table->rows(); ++row) {
      for (int i = 0; i < dim; ++i) table->row(row)[i] = normal(random);
    }
  };
  EmbeddingTable centers = *EmbeddingTable::Create(num_labels, dim);
  fill(&centers);
  LabelledSamples samples;
  samples.table = *EmbeddingTable::Create(size, dim);
  fill(&samples.table);
  for (uint32_t row = 0; row < size; ++row) {
    std::vector<uint32_t> own = {static_cast<uint32_t>(random()) % num_labels};
    if (several && row % 3 == 0) own.push_back((own[0] + 1) % num_labels);
    std::sort(own.begin(), own.end());
    for (const uint32_t label : own) {
      for (int i = 0; i < dim; ++i) {
        samples.table.row(row)[i] += 0.7f * centers.row(label)[i];
      }
    }
    samples.labels.push_back(own);
  }
  return samples;
}

// "[[0.25,...],...]": float32 rows as Python reads them back exactly.
inline std::string PythonRows(const MatrixView& rows) {
  std::vector<std::string> texts;
  for (uint64_t row = 0; row < rows.rows; ++row) {
    texts.push_back(
        absl::StrCat("[",
                     absl::StrJoin(rows.row(row), ",",
                                   [](std::string* out, float value) {
                                     absl::StrAppendFormat(out, "%.9g", value);
                                   }),
                     "]"));
  }
  return absl::StrCat("[", absl::StrJoin(texts, ","), "]");
}

inline std::string PythonLabels(
    const std::vector<std::vector<uint32_t>>& labels) {
  return absl::StrCat(
      "[",
      absl::StrJoin(labels, ",",
                    [](std::string* out, const std::vector<uint32_t>& own) {
                      absl::StrAppend(out, "[", absl::StrJoin(own, ","), "]");
                    }),
      "]");
}

}  // namespace embed

#endif  // EMBED_TESTS_EMBED_EVAL_LABELLED_SAMPLES_H_
