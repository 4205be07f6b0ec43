#include "embed/train/row_pairs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace embed {

absl::Status PartitionOptions::Validate() const {
  if (parts > kMaxParts || (parts & (parts - 1)) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("parts is ", parts, ", expected a power of two up to ",
                     kMaxParts, ", or 0 for a choice by the number of rows"));
  }
  if (round_tokens < 1) {
    return absl::InvalidArgumentError("round_tokens is 0, expected >= 1");
  }
  if (group_inputs < 0 || group_inputs > 1000) {
    return absl::InvalidArgumentError(
        absl::StrCat("group_inputs is ", group_inputs,
                     ", expected 1 to 1000, or 0 for a choice by the number "
                     "of rows"));
  }
  if (group_passes < 0 || group_passes > kMaxGroupPasses) {
    return absl::InvalidArgumentError(
        absl::StrCat("group_passes is ", group_passes, ", expected 1 to ",
                     kMaxGroupPasses, ", or 0 for the usual 4"));
  }
  if (group_centers < 0 || group_centers > kMaxGroupCenters) {
    return absl::InvalidArgumentError(
        absl::StrCat("group_centers is ", group_centers, ", expected 1 to ",
                     kMaxGroupCenters, ", or 0 for the usual 3 or 8"));
  }
  return absl::OkStatus();
}

PartitionOptions PartitionOptions::For(uint64_t rows) const {
  const uint32_t most_parts = group_by == PairGrouping::kContext ? 4 : 2;
  constexpr uint64_t kRowsOfPart = 1000;
  constexpr uint64_t kMostInputs = 32;
  constexpr int kUsualPasses = 4;
  constexpr int kUsualCenters = 3;
  constexpr uint64_t kRowsOfInput = 64;
  // Of centers that lie apart: with 8 a part of 39,000 rows trains more than
  // 0.9 times as fast as Hogwild and as well (README). With few rows fewer, or
  // a negative would move from one row many times at once.
  constexpr uint64_t kMostCenters = 8;
  constexpr uint64_t kRowsOfCenter = 256;
  PartitionOptions result = *this;
  if (parts == 0) {
    result.parts = 1;
    while (result.parts < most_parts &&
           rows >= uint64_t{2} * result.parts * kRowsOfPart) {
      result.parts *= 2;
    }
  }
  if (group_inputs == 0) {
    result.group_inputs = static_cast<int>(std::clamp<uint64_t>(
        rows / result.parts / kRowsOfInput, 1, kMostInputs));
  }
  if (group_passes == 0) result.group_passes = kUsualPasses;
  if (group_centers == 0) {
    result.group_centers =
        group_by == PairGrouping::kSpread
            ? static_cast<int>(std::clamp<uint64_t>(
                  rows / result.parts / kRowsOfCenter, 1, kMostCenters))
            : kUsualCenters;
  }
  return result;
}

}  // namespace embed
