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
  if (group_inputs < 1 || group_inputs > 1000) {
    return absl::InvalidArgumentError(
        absl::StrCat("group_inputs is ", group_inputs, ", expected 1 to 1000"));
  }
  return absl::OkStatus();
}

uint32_t AutoParts(uint64_t rows) {
  constexpr uint64_t kRowsOfPart = 1000;
  constexpr uint32_t kMost = 4;
  uint32_t parts = 1;
  while (parts < kMost && rows >= 2 * parts * kRowsOfPart) parts *= 2;
  return parts;
}

}  // namespace embed
