#include "embed/train/grouped_negatives.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/math/alias_table.h"
#include "embed/train/noise_options.h"

namespace embed {
namespace {

absl::Status CheckGroups(absl::Span<const uint32_t> ends, uint64_t ids) {
  const bool fits = !ends.empty() && ends.back() == ids &&
                    std::is_sorted(ends.begin(), ends.end()) &&
                    ends.size() <= std::numeric_limits<uint16_t>::max();
  if (fits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "groups of negatives: expected at most 65535 rising ends, the last of "
      "them ",
      ids));
}

}  // namespace

absl::StatusOr<GroupedNegatives> GroupedNegatives::Create(
    absl::Span<const uint64_t> counts, absl::Span<const uint32_t> group_ends,
    double exponent) {
  EMBED_RETURN_IF_ERROR(CheckNoiseExponent(exponent));
  EMBED_RETURN_IF_ERROR(CheckGroups(group_ends, counts.size()));
  GroupedNegatives result;
  result.group_of_.resize(counts.size());
  result.entries_.resize(counts.size());
  std::vector<double> weights;
  std::vector<double> scratch;
  bool any = false;
  uint32_t begin = 0;
  for (const uint32_t end : group_ends) {
    std::fill(result.group_of_.begin() + begin, result.group_of_.begin() + end,
              static_cast<uint16_t>(result.groups_.size()));
    weights.clear();
    double sum = 0;
    for (uint32_t id = begin; id < end; ++id) {
      weights.push_back(
          counts[id] == 0
              ? 0.0
              : std::pow(static_cast<double>(counts[id]), exponent));
      sum += weights.back();
    }
    result.groups_.push_back({begin, end - begin});
    if (sum > 0) {
      any = true;
      EMBED_RETURN_IF_ERROR(BuildAliasEntries(
          weights, absl::MakeSpan(result.entries_).subspan(begin, end - begin),
          &scratch));
    }
    begin = end;
  }
  if (!any) {
    return absl::InvalidArgumentError("negatives: no id occurs");
  }
  return result;
}

}  // namespace embed
