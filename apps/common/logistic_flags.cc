#include "apps/common/logistic_flags.h"

#include <gflags/gflags.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/common/command_line.h"

DEFINE_double(C, 1.0,
              "weight of the data against the penalty in logistic regression");
DEFINE_int32(splits, 10, "random splits to average over");
DECLARE_uint64(seed);

namespace embed {

LogisticFlags ReadLogisticFlags() {
  LogisticFlags flags;
  flags.logistic.c = FLAGS_C;
  flags.splits = FLAGS_splits;
  flags.seed = FLAGS_seed;
  return flags;
}

absl::StatusOr<std::vector<double>> ParseNumbers(absl::string_view flag,
                                                 absl::string_view text) {
  std::vector<double> numbers;
  for (const absl::string_view field : absl::StrSplit(text, ',')) {
    double number = 0;
    if (!absl::SimpleAtod(field, &number)) {
      return UsageError(absl::StrCat("--", flag, ": \"", field, "\" in \"",
                                     text, "\" is not a number"));
    }
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace embed
