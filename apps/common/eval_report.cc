#include "apps/common/eval_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/json_number.h"

namespace embed {
namespace {

// How this epoch compares with those before it.
std::string Verdict(const EvalReport& report) {
  if (report.best.best_epoch == report.epoch) return ", the best so far";
  std::string verdict;
  if (report.best.best_epoch > 0) {
    verdict = absl::StrFormat("; the best was %.4f in epoch %d",
                              report.best.best_score, report.best.best_epoch);
  }
  if (report.stop) {
    absl::StrAppend(&verdict, "; no better for ", report.best.stale_epochs,
                    report.best.stale_epochs == 1 ? " epoch" : " epochs",
                    ": stopping");
  }
  return verdict;
}

}  // namespace

std::string EvalReportText(const EvalReport& report) {
  return absl::StrFormat(
      "epoch %d: %s %s: spearman %.4f, pearson %.4f, %d of %d pairs%s",
      report.epoch, report.task, report.file, report.result.spearman,
      report.result.pearson, report.result.used, report.result.total,
      Verdict(report));
}

std::string EvalReportJson(const EvalReport& report) {
  nlohmann::ordered_json json;
  json["epoch"] = report.epoch;
  json["task"] = report.task;
  json["file"] = report.file;
  json["spearman"] = NumberOrNull(report.result.spearman);
  json["pearson"] = NumberOrNull(report.result.pearson);
  json["used"] = report.result.used;
  json["total"] = report.result.total;
  json["best_epoch"] = report.best.best_epoch;
  json["best_score"] = NumberOrNull(report.best.best_score);
  json["stop"] = report.stop;
  // A file's name may be any bytes.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace embed
