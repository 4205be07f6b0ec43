// Draws negatives from the noise distribution of word2vec,
//   P(id) = count(id)^exponent / sum of all,   exponent 3/4 as published
// exactly (an alias table; word2vec.c's table of 1e8 entries rounds rare words
// to nothing). A draw that equals the positive is not redrawn but left out, as
// word2vec.c does: the positive then simply has a negative less.
//
// With groups of ids a negative is of the group of its positive, as in
// metapath2vec++ (embed/train/grouped_negatives.h).
//
// Immutable: any number of threads may draw.
#ifndef EMBED_TRAIN_NEGATIVE_SAMPLER_H_
#define EMBED_TRAIN_NEGATIVE_SAMPLER_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/math/alias_table.h"
#include "embed/train/grouped_negatives.h"

namespace embed {

class NegativeSampler {
 public:
  // Random words that one draw takes.
  static constexpr int kWordsPerDraw = 2;

  // exponent 0 is uniform over the ids that occur. Ids that never occur are
  // never drawn. InvalidArgument: no id occurs, exponent not finite or < 0.
  static absl::StatusOr<NegativeSampler> Create(
      absl::Span<const uint64_t> counts, double exponent);
  // The same of frequencies that are no counts: finite and >= 0, any scale.
  static absl::StatusOr<NegativeSampler> OfFrequencies(
      absl::Span<const double> frequencies, double exponent);

  // Within groups; arguments and errors as GroupedNegatives::Create().
  static absl::StatusOr<NegativeSampler> CreateGrouped(
      absl::Span<const uint64_t> counts, absl::Span<const uint32_t> group_ends,
      double exponent);

  // The same number of negatives for each of the positives, behind one another.
  // Words as for Draw().
  void DrawFor(absl::Span<const uint32_t> positives,
               absl::Span<const uint32_t> random_words,
               absl::Span<uint32_t> out) const {
    if (groups_.has_value()) {
      DrawGrouped(positives, random_words, out);
    } else {
      Draw(random_words, out);
    }
  }

  // Without groups. out[i] from random_words[2i] and [2i + 1]; out has half as
  // many elements.
  void Draw(absl::Span<const uint32_t> random_words,
            absl::Span<uint32_t> out) const;

 private:
  explicit NegativeSampler(AliasTable table) : table_(std::move(table)) {}
  explicit NegativeSampler(GroupedNegatives groups)
      : groups_(std::move(groups)) {}

  void DrawGrouped(absl::Span<const uint32_t> positives,
                   absl::Span<const uint32_t> random_words,
                   absl::Span<uint32_t> out) const;

  AliasTable table_;  // of all ids, or
  std::optional<GroupedNegatives> groups_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_NEGATIVE_SAMPLER_H_
