// Draws negatives from the noise distribution within one group of ids: with
// groups that are the types of nodes, a negative has the type of the positive.
//
//   P(id | group) = count(id)^exponent / sum of the group's
//
// exactly, by an alias table for each group, one behind the other: 8 bytes an
// id. Immutable: any number of threads may draw.
#ifndef EMBED_TRAIN_GROUPED_NEGATIVES_H_
#define EMBED_TRAIN_GROUPED_NEGATIVES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/kernels/alias_draw.h"

namespace embed {

class GroupedNegatives {
 public:
  // Random words that one draw takes.
  static constexpr int kWordsPerDraw = 2;

  // Group g holds the ids from the end of group g - 1 (0 for the first) to
  // group_ends[g] - 1; the last end is counts.size(). Of a group that has no
  // occurrence nothing may be drawn. InvalidArgument: no id occurs, ends that
  // do not rise or do not cover the ids, exponent not finite or < 0.
  static absl::StatusOr<GroupedNegatives> Create(
      absl::Span<const uint64_t> counts, absl::Span<const uint32_t> group_ends,
      double exponent);

  // out[i] from random_words[2i] and [2i + 1], all in the group of `id`.
  void Draw(uint32_t id, const uint32_t* random_words,
            absl::Span<uint32_t> out) const {
    const Group group = groups_[group_of_[id]];
    const absl::Span<const AliasEntry> entries(&entries_[group.begin],
                                               group.size);
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = group.begin +
               DrawAlias(entries, random_words[2 * i], random_words[2 * i + 1]);
    }
  }

 private:
  struct Group {
    uint32_t begin;
    uint32_t size;
  };

  GroupedNegatives() = default;

  std::vector<Group> groups_;
  std::vector<uint16_t> group_of_;   // of each id
  std::vector<AliasEntry> entries_;  // an alias is a place in its group
};

}  // namespace embed

#endif  // EMBED_TRAIN_GROUPED_NEGATIVES_H_
