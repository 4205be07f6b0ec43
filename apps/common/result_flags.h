// Where results of an evaluation go: --out, --output_format, --plot.
#ifndef EMBED_APPS_COMMON_RESULT_FLAGS_H_
#define EMBED_APPS_COMMON_RESULT_FLAGS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "apps/common/command_line.h"
#include "apps/common/result_table.h"
#include "apps/common/svg_bars.h"
#include "apps/common/svg_plot.h"

namespace embed {

FlagGroup ResultFlagGroup(bool with_plot);

struct ResultPlan {
  std::string table_path;  // "" or "-": standard output
  std::string plot_path;   // "": none
  bool json = false;
};

// From the flags. UsageError: an unknown format; other errors: a file that
// could not be written, known before the work.
absl::StatusOr<ResultPlan> ReadResultFlags();

// Writes the files whole or not at all; on standard output, errors tell why.
absl::Status WriteTable(const ResultPlan& plan, const ResultTable& table);
// Do nothing where no plot is wanted.
absl::Status WritePlot(const ResultPlan& plan, const LinePlot& plot);
absl::Status WritePlot(const ResultPlan& plan, const BarPlot& plot);

// One text to a file, as a whole, or to standard output for "" and "-".
absl::Status WriteText(const std::string& path, const std::string& text);

}  // namespace embed

#endif  // EMBED_APPS_COMMON_RESULT_FLAGS_H_
