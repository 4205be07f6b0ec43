#include "embed/index/ivf_lists.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace embed {

absl::StatusOr<IvfLists> IvfLists::FromParts(
    Int8Table centers, const Parts& parts, uint64_t rows,
    std::shared_ptr<const void> owner) {
  if (parts.starts.size() != centers.rows() + 1 ||
      centers.rows() > kMaxIvfLists || centers.rows() > rows) {
    return absl::InvalidArgumentError(
        absl::StrCat(parts.starts.size(), " starts of ", centers.rows(),
                     " lists of ", rows, " rows"));
  }
  if (parts.nprobe < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "nprobe of lists is ", parts.nprobe, ", expected at least 1"));
  }
  Parts complete = parts;
  if (parts.nprobe == 0) {
    complete.nprobe = static_cast<int>(
        std::ceil(std::sqrt(static_cast<double>(centers.rows()))));
  }
  return IvfLists(std::move(centers), complete, rows, std::move(owner));
}

absl::Status IvfLists::Check() const {
  uint32_t last = 0;
  for (size_t list = 0; list < parts_.starts.size(); ++list) {
    const uint32_t start = parts_.starts[list];
    if (start < last || start > rows_ || (list == 0 && start != 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("list ", list, " starts at row ", start, " of ", rows_,
                       ", the list before at ", last));
    }
    last = start;
  }
  if (last == rows_) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the lists end at row ", last, " of ", rows_));
}

}  // namespace embed
