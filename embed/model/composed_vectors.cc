#include "embed/model/composed_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

// 0 for a row of zeros. Of the least float32 numbers it is above all of them.
double InverseLength(const float* row, int dim) {
  double square = 0;
  for (int i = 0; i < dim; ++i) square += double{row[i]} * double{row[i]};
  return square == 0 ? 0.0 : 1.0 / std::sqrt(square);
}

}  // namespace

void ComposeRows(absl::Span<const uint32_t> rows, Compose compose,
                 const EmbeddingTable& table, absl::Span<float> out) {
  std::fill(out.begin(), out.end(), 0.0f);
  for (const uint32_t index : rows) {
    const float* const row = table.row(index);
    for (size_t i = 0; i < out.size(); ++i) out[i] += row[i];
  }
  if (compose != Compose::kMean || rows.empty()) return;
  const float scale =
      static_cast<float>(1.0 / static_cast<double>(rows.size()));
  for (float& value : out) value *= scale;
}

absl::StatusOr<EmbeddingTable> ComposeAll(const FeatureMap& features,
                                          const EmbeddingTable& table,
                                          int threads) {
  if (features.num_rows() != table.rows()) {
    return absl::InvalidArgumentError(
        absl::StrCat("features of ", features.num_rows(),
                     " rows for a table of ", table.rows()));
  }
  // A model without keys, of which a file gives no dim.
  if (features.num_ids() == 0) return EmbeddingTable();
  EMBED_ASSIGN_OR_RETURN(
      EmbeddingTable composed,
      EmbeddingTable::Create(features.num_ids(), table.dim()));
  const size_t dim = static_cast<size_t>(table.dim());
  ParallelFor(threads, features.num_ids(), [&](uint64_t begin, uint64_t end) {
    for (uint64_t id = begin; id < end; ++id) {
      ComposeRows(features.Rows(static_cast<uint32_t>(id)), features.compose(),
                  table, absl::MakeSpan(composed.row(id), dim));
    }
  });
  return composed;
}

absl::Status AddUnitRows(const EmbeddingTable& table, float weight,
                         EmbeddingTable* sum) {
  if (table.rows() != sum->rows() || table.dim() != sum->dim()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tables to be added differ: ", table.rows(), " x ",
                     table.dim(), " and ", sum->rows(), " x ", sum->dim()));
  }
  for (uint64_t r = 0; r < table.rows(); ++r) {
    const float* const added = table.row(r);
    float* const row = sum->row(r);
    const double added_scale = InverseLength(added, table.dim());
    const double row_scale = weight * InverseLength(row, table.dim());
    for (int i = 0; i < table.dim(); ++i) {
      row[i] = static_cast<float>(row_scale * row[i] + added_scale * added[i]);
    }
  }
  return absl::OkStatus();
}

}  // namespace embed
