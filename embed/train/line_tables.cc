#include "embed/train/line_tables.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

void Normalize(float* vector, int dim) {
  double squares = 0;
  for (int i = 0; i < dim; ++i) {
    squares += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
  }
  if (squares == 0) return;
  const double factor = 1 / std::sqrt(squares);
  for (int i = 0; i < dim; ++i) {
    vector[i] = static_cast<float>(static_cast<double>(vector[i]) * factor);
  }
}

}  // namespace

absl::StatusOr<LineLayout> LineLayout::Create(LineOrder order, int dim) {
  if (order == LineOrder::kBoth && dim % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("dim is ", dim,
                     ", but each order has half of it; expected an even "
                     "number"));
  }
  return LineLayout(order, dim);
}

int LineLayout::second_column() const {
  constexpr int kUnit = EmbeddingTable::kRowAlignment;
  return has_both() ? (dim() + kUnit - 1) / kUnit * kUnit : 0;
}

absl::StatusOr<EmbeddingTable> MakeLineVertices(const LineLayout& layout,
                                                uint64_t rows, uint64_t seed,
                                                int threads) {
  EMBED_ASSIGN_OR_RETURN(EmbeddingTable table,
                         EmbeddingTable::Create(rows, layout.vertex_dim()));
  table.FillUniform(0.5f / static_cast<float>(layout.dim()), seed, threads);
  if (layout.second_column() > layout.dim()) {
    for (uint64_t row = 0; row < rows; ++row) {
      std::fill(table.row(row) + layout.dim(),
                table.row(row) + layout.second_column(), 0.0f);
    }
  }
  return table;
}

absl::StatusOr<EmbeddingTable> FinishLineVertices(const LineLayout& layout,
                                                  EmbeddingTable vertices) {
  const int dim = layout.dim();
  const int second = layout.second_column();
  for (uint64_t row = 0; row < vertices.rows(); ++row) {
    Normalize(vertices.row(row), dim);
    if (layout.has_both()) Normalize(vertices.row(row) + second, dim);
  }
  if (vertices.dim() == layout.result_dim()) return vertices;
  EMBED_ASSIGN_OR_RETURN(
      EmbeddingTable result,
      EmbeddingTable::Create(vertices.rows(), layout.result_dim()));
  for (uint64_t row = 0; row < vertices.rows(); ++row) {
    const float* const from = vertices.row(row);
    std::copy(from, from + dim, result.row(row));
    std::copy(from + second, from + second + dim, result.row(row) + dim);
  }
  return result;
}

}  // namespace embed
