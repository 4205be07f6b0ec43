#include "apps/common/result_flags.h"

#include <gflags/gflags.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "apps/common/format_flag.h"
#include "embed/base/status_macros.h"
#include "embed/base/utf8.h"
#include "embed/io/atomic_file.h"

DEFINE_string(out, "", "file for the table; default: standard output");
DEFINE_string(plot, "", "file for a picture of the results, in SVG");

namespace embed {

FlagGroup ResultFlagGroup(bool with_plot) {
  FlagGroup group = {"Output", {"out", "output_format"}};
  if (with_plot) group.flags.push_back("plot");
  return group;
}

absl::StatusOr<ResultPlan> ReadResultFlags() {
  ResultPlan plan;
  plan.table_path = FLAGS_out;
  plan.plot_path = FLAGS_plot;
  const std::string& format = OutputFormatFlag();
  if (format != "tsv" && format != "json") {
    return UsageError(absl::StrCat("--output_format: \"", format,
                                   "\" is neither tsv nor json"));
  }
  plan.json = format == "json";
  for (const std::string& path : {plan.table_path, plan.plot_path}) {
    if (path.empty() || path == "-") continue;
    EMBED_RETURN_IF_ERROR(CheckWritable(path));
  }
  return plan;
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  if (path.empty() || path == "-") {
    const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
    if (written == text.size() && std::fflush(stdout) == 0) {
      return absl::OkStatus();
    }
    return absl::UnavailableError(
        absl::StrCat("standard output: ", std::strerror(errno)));
  }
  EMBED_ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  EMBED_RETURN_IF_ERROR(file->Write(MarkBefore(text)));
  EMBED_RETURN_IF_ERROR(file->Write(text));
  return file->Commit();
}

absl::Status WriteTable(const ResultPlan& plan, const ResultTable& table) {
  return WriteText(plan.table_path, plan.json ? table.Json() : table.Tsv());
}

absl::Status WritePlot(const ResultPlan& plan, const LinePlot& plot) {
  if (plan.plot_path.empty()) return absl::OkStatus();
  return WriteText(plan.plot_path, RenderSvg(plot));
}

absl::Status WritePlot(const ResultPlan& plan, const BarPlot& plot) {
  if (plan.plot_path.empty()) return absl::OkStatus();
  return WriteText(plan.plot_path, RenderSvg(plot));
}

}  // namespace embed
