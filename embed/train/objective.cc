#include "embed/train/objective.h"

#include "absl/status/status.h"
#include "embed/train/row_pairs.h"

namespace embed {

absl::StatusOr<std::unique_ptr<PairTraining>> Objective::NewPairTraining(
    const PartitionOptions& /*options*/) const {
  return absl::UnimplementedError(
      "an example touches more than one row of each table");
}

}  // namespace embed
