// Negatives of groups of centers, drawn in bulk from one part of the rows; a
// draw serves WindowSetup::reuse_negatives() groups
// (embed/train/negative_pool.h). Draws come from the stream (seed,
// kGroupNegatives, epoch, number of the run). Internal to SkipGramParts.
#ifndef EMBED_TRAIN_GROUP_NEGATIVES_H_
#define EMBED_TRAIN_GROUP_NEGATIVES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/train/row_pairs.h"
#include "embed/train/skip_gram_parts.h"

namespace embed {

// Of one thread.
class GroupNegatives {
 public:
  // tables must outlive this.
  explicit GroupNegatives(const PartedTables& tables);

  // Draws for so many groups of the run, those before which are at most
  // `first`, an even number: the place in the stream.
  void Draw(const PairRun& run, size_t first, size_t groups);
  // The negatives of the g-th of the groups drawn for; none if its part has
  // none.
  absl::Span<const uint32_t> Of(size_t g) const {
    if (drawn_.empty()) return {};
    return absl::MakeConstSpan(drawn_).subspan(g * negatives_, negatives_);
  }

 private:
  // The draws for the groups that have one pool, the first of `groups` left.
  size_t PoolSize(size_t groups) const;

  const uint64_t seed_;
  const size_t negatives_;  // of a group
  const size_t reuse_;      // groups that a draw serves
  const PartNegatives& part_negatives_;
  std::vector<uint32_t> words_;
  std::vector<uint32_t> pools_;
  std::vector<uint32_t> drawn_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_GROUP_NEGATIVES_H_
