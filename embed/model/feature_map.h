// For each vocabulary id, the rows of the input table that compose its input
// vector: character n-grams, stroke n-grams. An empty map is the identity (id i
// uses row i alone).
//
// Input vector of id i = sum (or mean) over r in Rows(i) of table row r. A row
// may appear more than once in one id's list and then counts as often.
//
// Immutable after Create(): any number of threads may read.
#ifndef EMBED_MODEL_FEATURE_MAP_H_
#define EMBED_MODEL_FEATURE_MAP_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace embed {

enum class Compose : uint32_t { kSum = 0, kMean = 1 };  // frozen: in files

class FeatureMap {
 public:
  FeatureMap() = default;

  // rows[offsets[i] .. offsets[i + 1]) are the rows of id i: offsets has one
  // entry more than there are ids, rises and starts with 0. row_keys[r] is what
  // row r stands for, as the builder of the map encodes it (stroke n-grams:
  // text/stroke_ngrams.h), strictly rising; it also sets the number of rows.
  // InvalidArgument: offsets that do not fit `rows`, a row that has no key,
  // keys that do not rise.
  static absl::StatusOr<FeatureMap> Create(std::vector<uint64_t> offsets,
                                           std::vector<uint32_t> rows,
                                           std::vector<uint64_t> row_keys,
                                           Compose compose);

  // The same for rows that are known by their number alone (hashed n-grams):
  // num_rows of them and no keys.
  static absl::StatusOr<FeatureMap> CreateWithoutKeys(
      std::vector<uint64_t> offsets, std::vector<uint32_t> rows,
      uint32_t num_rows, Compose compose);

  bool empty() const { return offsets_.size() == 1; }
  uint32_t num_ids() const {
    return static_cast<uint32_t>(offsets_.size() - 1);
  }
  uint32_t num_rows() const { return num_rows_; }
  Compose compose() const { return compose_; }

  // Empty for an id without features: it has no input vector.
  absl::Span<const uint32_t> Rows(uint32_t id) const {
    return absl::MakeConstSpan(rows_).subspan(offsets_[id],
                                              offsets_[id + 1] - offsets_[id]);
  }
  absl::Span<const uint64_t> offsets() const { return offsets_; }
  absl::Span<const uint32_t> rows() const { return rows_; }
  // Empty: the rows have no keys.
  absl::Span<const uint64_t> row_keys() const { return row_keys_; }

 private:
  std::vector<uint64_t> offsets_ = {0};
  std::vector<uint32_t> rows_;
  std::vector<uint64_t> row_keys_;
  uint32_t num_rows_ = 0;
  Compose compose_ = Compose::kSum;
};

}  // namespace embed

#endif  // EMBED_MODEL_FEATURE_MAP_H_
