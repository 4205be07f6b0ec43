// A copy of a model's tables as they were at their best.
#ifndef EMBED_EVAL_KEPT_TABLES_H_
#define EMBED_EVAL_KEPT_TABLES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/model/embedding_table.h"

namespace embed {

// Memory: as much again as the tables, taken by Create(), so that it is not
// missing after hours of training. Not thread-safe; nobody may write to the
// tables while they are copied.
class KeptTables {
 public:
  // Room for copies of these tables, empty ones too. ResourceExhausted: no
  // memory for it.
  static absl::StatusOr<KeptTables> Create(
      absl::Span<const EmbeddingTable* const> tables);

  // The bytes that Create() asks for.
  static uint64_t BytesFor(absl::Span<const EmbeddingTable* const> tables);

  // Copies the tables, in the order and of the shapes given to Create().
  void Keep(absl::Span<const EmbeddingTable* const> tables);

  // Copies back what Keep() or Restore() was given last.
  void PutBack(absl::Span<EmbeddingTable* const> tables) const;

  // For checkpoints: all numbers of each copy, padding included, [rows,
  // stride]; and the same read from one. DataLoss: of other sizes.
  std::vector<absl::Span<const float>> Values() const;
  absl::Status Restore(absl::Span<const absl::Span<const float>> values);

 private:
  std::vector<EmbeddingTable> copies_;
};

}  // namespace embed

#endif  // EMBED_EVAL_KEPT_TABLES_H_
