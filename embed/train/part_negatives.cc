#include "embed/train/part_negatives.h"

#include <algorithm>

#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<PartNegatives> PartNegatives::Create(
    absl::Span<const uint64_t> counts, double exponent, RowParts parts) {
  std::vector<std::optional<NegativeSampler>> samplers(parts.count());
  std::vector<uint64_t> own;
  for (uint32_t part = 0; part < parts.count(); ++part) {
    own.clear();
    for (uint32_t k = 0; k * uint64_t{parts.count()} < counts.size(); ++k) {
      const uint64_t row = parts.Row(part, k);
      own.push_back(row < counts.size() ? counts[row] : 0);
    }
    const auto occurs = [](uint64_t count) { return count > 0; };
    if (std::none_of(own.begin(), own.end(), occurs)) continue;
    EMBED_ASSIGN_OR_RETURN(samplers[part],
                           NegativeSampler::Create(own, exponent));
  }
  return PartNegatives(parts, std::move(samplers));
}

}  // namespace embed
