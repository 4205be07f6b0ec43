#include "embed/math/alias_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/base/status_macros.h"

namespace embed {
namespace {

constexpr uint32_t kAlways = std::numeric_limits<uint32_t>::max();

// The sum of the weights, or what is wrong with them.
absl::StatusOr<double> CheckedSum(absl::Span<const double> weights) {
  if (weights.empty() ||
      weights.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "an alias table needs 1 to ", std::numeric_limits<uint32_t>::max(),
        " weights, not ", weights.size()));
  }
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i]) || weights[i] < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("weight ", i, " is ", weights[i],
                       "; weights must be finite and not negative"));
    }
    sum += weights[i];
  }
  if (!(sum > 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "all ", weights.size(), " weights are zero: nothing can be drawn"));
  }
  if (!std::isfinite(sum)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the sum of ", weights.size(), " weights overflows; scale them down"));
  }
  return sum;
}

// The bucket of entry `index`, of which it owns the part `share` < 1.
AliasEntry Bucket(double share, uint32_t index, uint32_t alias) {
  const double threshold = std::nearbyint(share * 0x1.0p32);
  if (threshold >= 0x1.0p32) return {kAlways, index};
  return {static_cast<uint32_t>(threshold), alias};
}

// Pairs each entry that has less mass than a bucket (share < 1) with one that
// has more, which gives away what the bucket lacks. Two cursors sweep the
// entries once, so no lists of light and heavy entries are needed: an entry
// that turns light behind the light cursor is taken at once.
void PairEntries(std::vector<double>& shares, absl::Span<AliasEntry> entries) {
  const uint32_t size = static_cast<uint32_t>(shares.size());
  const auto skip = [&](uint32_t index, bool to_light) {
    while (index < size && (shares[index] < 1) != to_light) ++index;
    return index;
  };
  uint32_t cursor = skip(0, true);
  uint32_t heavy = skip(0, false);
  uint32_t light = cursor;
  while (light < size && heavy < size) {
    entries[light] = Bucket(shares[light], light, heavy);
    shares[heavy] = (shares[heavy] + shares[light]) - 1;
    if (shares[heavy] >= 1) {
      light = cursor = skip(cursor + 1, true);
      continue;
    }
    const uint32_t drained = heavy;
    heavy = skip(heavy + 1, false);
    // A drained entry ahead of the cursor is met by the sweep.
    light = drained < cursor ? drained : (cursor = skip(cursor + 1, true));
  }
}

}  // namespace

absl::Status BuildAliasEntries(absl::Span<const double> weights,
                               absl::Span<AliasEntry> entries,
                               std::vector<double>* scratch) {
  EMBED_DCHECK(weights.size() == entries.size());
  EMBED_ASSIGN_OR_RETURN(const double sum, CheckedSum(weights));
  const uint32_t size = static_cast<uint32_t>(weights.size());
  const uint32_t largest = static_cast<uint32_t>(
      std::max_element(weights.begin(), weights.end()) - weights.begin());
  scratch->resize(size);
  // What rounding leaves unpaired keeps its own bucket, unless it has no
  // weight at all.
  for (uint32_t i = 0; i < size; ++i) {
    (*scratch)[i] = weights[i] / sum * size;
    entries[i] =
        weights[i] > 0 ? AliasEntry{kAlways, i} : AliasEntry{0, largest};
  }
  PairEntries(*scratch, entries);
  return absl::OkStatus();
}

absl::StatusOr<AliasTable> AliasTable::Create(
    absl::Span<const double> weights) {
  std::vector<Entry> entries(weights.size());
  std::vector<double> scratch;
  EMBED_RETURN_IF_ERROR(
      BuildAliasEntries(weights, absl::MakeSpan(entries), &scratch));
  return AliasTable(std::move(entries));
}

}  // namespace embed
