// How a running training is shown on stderr (--progress).
#ifndef EMBED_APPS_COMMON_PROGRESS_H_
#define EMBED_APPS_COMMON_PROGRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "embed/train/train_progress.h"

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
// {"fraction": 0.423, "epoch": 3, ...}; a loss that is not a number is null.
std::string ProgressJson(const TrainProgress& progress);
// "epoch 2 of 5: mean loss 0.2345, 0:12"
std::string EpochText(const EpochReport& report);
// {"epoch": 2, "epoch_loss": 0.2345, "epoch_seconds": ...}
std::string EpochJson(const EpochReport& report);

// Seconds from one report to the next; loss and speed are of that time.
double SecondsBetweenReports(ProgressStyle style);

// Prints reports to stderr in one style. The first, after a second of training,
// gives the estimate of the whole time: a line of its own, in JSON
// {"estimated_seconds": ...}.
class ProgressPrinter {
 public:
  explicit ProgressPrinter(ProgressStyle style) : style_(style) {}

  void Print(const TrainProgress& progress);
  void PrintEpoch(const EpochReport& report);
  // A result that was asked for, as text or as JSON: a line in every style, for
  // kNone silences progress only. It does not get mixed up with the bar.
  void PrintResult(absl::string_view text, absl::string_view json);

 private:
  // A line of progress, unless kNone.
  void PrintProgress(absl::string_view line);
  void PrintLine(absl::string_view line);
  void PrintEstimate(const TrainProgress& progress);

  const ProgressStyle style_;
  bool estimated_ = false;
};

}  // namespace embed

#endif  // EMBED_APPS_COMMON_PROGRESS_H_
