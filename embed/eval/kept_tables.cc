#include "embed/eval/kept_tables.h"

#include <algorithm>
#include <cstddef>

#include "embed/base/check.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

void Copy(const EmbeddingTable& from, EmbeddingTable* to) {
  EMBED_DCHECK(from.rows() == to->rows() && from.dim() == to->dim());
  std::copy_n(from.data(), from.rows() * from.stride(), to->data());
}

}  // namespace

absl::StatusOr<KeptTables> KeptTables::Create(
    absl::Span<const EmbeddingTable* const> tables) {
  KeptTables kept;
  for (const EmbeddingTable* table : tables) {
    kept.copies_.emplace_back();
    if (table->empty()) continue;
    EMBED_ASSIGN_OR_RETURN(kept.copies_.back(),
                           EmbeddingTable::Create(table->rows(), table->dim()));
  }
  return kept;
}

uint64_t KeptTables::BytesFor(absl::Span<const EmbeddingTable* const> tables) {
  uint64_t bytes = 0;
  for (const EmbeddingTable* table : tables) bytes += table->bytes();
  return bytes;
}

void KeptTables::Keep(absl::Span<const EmbeddingTable* const> tables) {
  EMBED_DCHECK(tables.size() == copies_.size());
  for (size_t i = 0; i < copies_.size(); ++i) Copy(*tables[i], &copies_[i]);
}

void KeptTables::PutBack(absl::Span<EmbeddingTable* const> tables) const {
  EMBED_DCHECK(tables.size() == copies_.size());
  for (size_t i = 0; i < copies_.size(); ++i) Copy(copies_[i], tables[i]);
}

std::vector<absl::Span<const float>> KeptTables::Values() const {
  std::vector<absl::Span<const float>> values;
  for (const EmbeddingTable& copy : copies_) {
    values.emplace_back(copy.data(), copy.rows() * copy.stride());
  }
  return values;
}

absl::Status KeptTables::Restore(
    absl::Span<const absl::Span<const float>> values) {
  const std::vector<absl::Span<const float>> places = Values();
  if (!std::equal(
          values.begin(), values.end(), places.begin(), places.end(),
          [](const auto& a, const auto& b) { return a.size() == b.size(); })) {
    return absl::DataLossError(
        "the best tables have not the sizes of the model's tables");
  }
  for (size_t i = 0; i < copies_.size(); ++i) {
    std::copy(values[i].begin(), values[i].end(), copies_[i].data());
  }
  return absl::OkStatus();
}

}  // namespace embed
