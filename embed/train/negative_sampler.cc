#include "embed/train/negative_sampler.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/status_macros.h"
#include "embed/train/noise_options.h"

namespace embed {

absl::StatusOr<NegativeSampler> NegativeSampler::Create(
    absl::Span<const uint64_t> counts, double exponent) {
  return OfFrequencies(std::vector<double>(counts.begin(), counts.end()),
                       exponent);
}

absl::StatusOr<NegativeSampler> NegativeSampler::OfFrequencies(
    absl::Span<const double> frequencies, double exponent) {
  EMBED_RETURN_IF_ERROR(CheckNoiseExponent(exponent));
  std::vector<double> weights;
  weights.reserve(frequencies.size());
  for (const double frequency : frequencies) {
    weights.push_back(frequency == 0 ? 0.0 : std::pow(frequency, exponent));
  }
  EMBED_ASSIGN_OR_RETURN(AliasTable table, AliasTable::Create(weights));
  return NegativeSampler(std::move(table));
}

absl::StatusOr<NegativeSampler> NegativeSampler::CreateGrouped(
    absl::Span<const uint64_t> counts, absl::Span<const uint32_t> group_ends,
    double exponent) {
  EMBED_ASSIGN_OR_RETURN(
      GroupedNegatives groups,
      GroupedNegatives::Create(counts, group_ends, exponent));
  return NegativeSampler(std::move(groups));
}

void NegativeSampler::DrawGrouped(absl::Span<const uint32_t> positives,
                                  absl::Span<const uint32_t> random_words,
                                  absl::Span<uint32_t> out) const {
  if (out.empty()) return;
  const size_t each = out.size() / positives.size();
  EMBED_DCHECK(each * positives.size() == out.size());
  size_t drawn = 0;
  for (const uint32_t positive : positives) {
    groups_->Draw(positive, random_words.data() + drawn * kWordsPerDraw,
                  out.subspan(drawn, each));
    drawn += each;
  }
}

void NegativeSampler::Draw(absl::Span<const uint32_t> random_words,
                           absl::Span<uint32_t> out) const {
  table_.Draw(random_words, out);
}

}  // namespace embed
