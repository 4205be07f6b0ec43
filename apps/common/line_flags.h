// Flags of mode line alone.
#ifndef EMBED_APPS_COMMON_LINE_FLAGS_H_
#define EMBED_APPS_COMMON_LINE_FLAGS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "apps/common/training_flags.h"
#include "embed/train/line.h"
#include "embed/train/line_tables.h"

namespace embed {

FlagGroup LineFlagGroup();

struct LineFlags {
  LineLayout layout;
  LineOptions line;
  uint64_t draws_per_epoch;  // 0: as many as there are arcs
  bool noise_by_all;         // degrees of negatives count entering edges, too
};

// The flags' values, validated. UsageError naming flag and value: an order that
// is none, order 1 of directed edges, a way of training that LINE has not.
absl::StatusOr<LineFlags> ReadLineFlags(const TrainingFlags& training,
                                        bool directed);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_LINE_FLAGS_H_
