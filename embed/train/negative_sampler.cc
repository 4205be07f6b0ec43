#include "embed/train/negative_sampler.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<NegativeSampler> NegativeSampler::Create(
    absl::Span<const uint64_t> counts, double exponent) {
  if (!std::isfinite(exponent) || exponent < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "noise_exponent is ", exponent, ", expected a number of 0 or more"));
  }
  std::vector<double> weights;
  weights.reserve(counts.size());
  for (const uint64_t count : counts) {
    weights.push_back(
        count == 0 ? 0.0 : std::pow(static_cast<double>(count), exponent));
  }
  EMBED_ASSIGN_OR_RETURN(AliasTable table, AliasTable::Create(weights));
  return NegativeSampler(std::move(table));
}

void NegativeSampler::Draw(absl::Span<const uint32_t> random_words,
                           absl::Span<uint32_t> out) const {
  table_.Draw(random_words, out);
}

}  // namespace embed
