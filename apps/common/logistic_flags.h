// Logistic regression on random splits: --C, --splits, --seed.
#ifndef EMBED_APPS_COMMON_LOGISTIC_FLAGS_H_
#define EMBED_APPS_COMMON_LOGISTIC_FLAGS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/eval/linear_classifier.h"

namespace embed {

struct LogisticFlags {
  LogisticOptions logistic;
  int splits = 0;
  uint64_t seed = 0;
};

// Not validated: the options that take them are.
LogisticFlags ReadLogisticFlags();

// "0.1,0.5" -> {0.1, 0.5}. UsageError naming the flag: not numbers.
absl::StatusOr<std::vector<double>> ParseNumbers(absl::string_view flag,
                                                 absl::string_view text);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_LOGISTIC_FLAGS_H_
