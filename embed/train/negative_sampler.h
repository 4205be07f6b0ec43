// Draws negatives from the noise distribution of word2vec,
//   P(id) = count(id)^exponent / sum of all,   exponent 3/4 as published
// exactly (an alias table; word2vec.c's table of 1e8 entries rounds rare words
// to nothing). A draw that equals the positive is not redrawn but left out, as
// word2vec.c does: the positive then simply has a negative less.
//
// Immutable: any number of threads may draw.
#ifndef EMBED_TRAIN_NEGATIVE_SAMPLER_H_
#define EMBED_TRAIN_NEGATIVE_SAMPLER_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/alias_table.h"

namespace embed {

class NegativeSampler {
 public:
  // Random words that one draw takes.
  static constexpr int kWordsPerDraw = 2;

  // exponent 0 is uniform over the ids that occur. Ids that never occur are
  // never drawn. InvalidArgument: no id occurs, exponent not finite or < 0.
  static absl::StatusOr<NegativeSampler> Create(
      absl::Span<const uint64_t> counts, double exponent);

  // out[i] from random_words[2i] and [2i + 1]; out has half as many elements.
  void Draw(absl::Span<const uint32_t> random_words,
            absl::Span<uint32_t> out) const;

 private:
  explicit NegativeSampler(AliasTable table) : table_(std::move(table)) {}

  AliasTable table_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_NEGATIVE_SAMPLER_H_
