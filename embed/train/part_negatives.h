// Negatives from one part of the output rows (embed/train/row_pairs.h), in
// proportion to the noise distribution within it.
#ifndef EMBED_TRAIN_PART_NEGATIVES_H_
#define EMBED_TRAIN_PART_NEGATIVES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "embed/train/negative_sampler.h"
#include "embed/train/row_pairs.h"

namespace embed {

// Immutable: any number of threads may draw.
class PartNegatives {
 public:
  // Errors as NegativeSampler::Create().
  static absl::StatusOr<PartNegatives> Create(absl::Span<const uint64_t> counts,
                                              double exponent, RowParts parts);

  RowParts parts() const { return parts_; }
  // False: no row of the part ever occurs, and none can be drawn.
  bool CanDraw(uint32_t part) const { return samplers_[part].has_value(); }
  // out[i], an id of the part, from random_words[2i] and [2i + 1].
  void Draw(uint32_t part, absl::Span<const uint32_t> random_words,
            absl::Span<uint32_t> out) const {
    samplers_[part]->Draw(random_words, out);
    for (uint32_t& id : out) id = parts_.Row(part, id);
  }

 private:
  PartNegatives(RowParts parts,
                std::vector<std::optional<NegativeSampler>> samplers)
      : parts_(parts), samplers_(std::move(samplers)) {}

  RowParts parts_;
  // What that of part p draws is the k of parts_.Row(p, k).
  std::vector<std::optional<NegativeSampler>> samplers_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_PART_NEGATIVES_H_
