// Draws indices in proportion to fixed weights, one lookup a draw.
//
// Method: A. J. Walker's alias method (1977), built in O(n) as by M. D. Vose
// (1991) in double precision. The n weights are cut into n buckets of equal
// mass, each holding one entry and at most one other, its alias. A draw takes a
// bucket uniformly and then one of its two members. 8 bytes an entry.
//
// Exactness: a bucket's split is rounded to a multiple of 2^-32 of its mass,
// and an index is drawn from 32 random bits by multiply and shift, which gives
// each bucket a probability within 2^-32 of 1 / n. Entries of weight zero are
// never drawn; a bucket of a single member always gives that member.
//
// Immutable once created: any number of threads may draw.
#ifndef EMBED_MATH_ALIAS_TABLE_H_
#define EMBED_MATH_ALIAS_TABLE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/kernels/alias_draw.h"

namespace embed {

// Fills entries[i] for the weights, in O(n). entries.size() == weights.size();
// `scratch` is resized as needed, so that a caller building many tables
// allocates once. InvalidArgument, naming the index: no weight, more than
// 2^32 - 1, one negative or not finite, a sum that is zero or overflows.
absl::Status BuildAliasEntries(absl::Span<const double> weights,
                               absl::Span<AliasEntry> entries,
                               std::vector<double>* scratch);

class AliasTable {
 public:
  using Entry = AliasEntry;

  AliasTable() = default;

  // A table over the given weights: finite, >= 0, any scale, with a positive
  // finite sum. Errors as BuildAliasEntries().
  static absl::StatusOr<AliasTable> Create(absl::Span<const double> weights);

  // Returns i with probability weights[i] / sum. Two independent uniform words.
  uint32_t Draw(uint32_t random_index, uint32_t random_threshold) const {
    return DrawAlias(entries_, random_index, random_threshold);
  }
  // out[i] = Draw(words[2 i], words[2 i + 1]), faster.
  void Draw(absl::Span<const uint32_t> words, absl::Span<uint32_t> out) const {
    DrawAliases(entries_, words, out);
  }

  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  absl::Span<const Entry> entries() const { return entries_; }

 private:
  explicit AliasTable(std::vector<Entry> entries)
      : entries_(std::move(entries)) {}

  std::vector<Entry> entries_;
};

}  // namespace embed

#endif  // EMBED_MATH_ALIAS_TABLE_H_
