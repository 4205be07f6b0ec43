// How a running training is shown on stderr (--progress).
#ifndef EMBED_APPS_COMMON_PROGRESS_H_
#define EMBED_APPS_COMMON_PROGRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/train/trainer.h"

namespace embed {

enum class ProgressStyle {
  kBar,    // one line, drawn again and again
  kLines,  // a line every ten seconds, for logs
  kJson,   // a JSON object a line, for programs
  kNone,
};

// From the value of --progress; "auto" is kBar on a terminal, else kLines.
// InvalidArgument: none of auto, bar, json, none.
absl::StatusOr<ProgressStyle> ProgressStyleFromName(absl::string_view name,
                                                    bool terminal);

// "42.3 %  1.23 M examples/s  loss 0.2345  rate 0.01234  1:23 left"
std::string ProgressText(const TrainProgress& progress);
// {"fraction": 0.423, "tokens": ..., ...}; a loss that is not a number is null.
std::string ProgressJson(const TrainProgress& progress);

// Seconds from one report to the next; loss and speed are of that time.
double SecondsBetweenReports(ProgressStyle style);

// A callback that prints each report to stderr in this style and never stops
// the training.
ProgressCallback MakeProgressPrinter(ProgressStyle style);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_PROGRESS_H_
