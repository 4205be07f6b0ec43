#include "apps/common/progress.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "apps/common/human_format.h"
#include "apps/common/json_number.h"

namespace embed {
namespace {

constexpr int kBarWidth = 24;

std::string Bar(double fraction) {
  const int filled = static_cast<int>(fraction * kBarWidth);
  return std::string(filled, '#') + std::string(kBarWidth - filled, '.');
}

}  // namespace

absl::StatusOr<ProgressStyle> ProgressStyleFromName(absl::string_view name,
                                                    bool terminal) {
  if (name == "auto") {
    return terminal ? ProgressStyle::kBar : ProgressStyle::kLines;
  }
  if (name == "bar") return ProgressStyle::kBar;
  if (name == "json") return ProgressStyle::kJson;
  if (name == "none") return ProgressStyle::kNone;
  return absl::InvalidArgumentError(absl::StrCat(
      "--progress: \"", name, "\" is none of auto, bar, json, none"));
}

std::string ProgressText(const TrainProgress& progress) {
  const std::string loss =
      std::isfinite(progress.mean_loss)
          ? absl::StrFormat("loss %.4f  ", progress.mean_loss)
          : "";
  const std::string time = progress.last
                               ? FormatSeconds(progress.seconds)
                               : FormatSeconds(progress.seconds_left) + " left";
  return absl::StrFormat("%5.1f %%  %s examples/s  %srate %.5f  %s",
                         100 * progress.fraction,
                         FormatCount(progress.examples_per_second), loss,
                         progress.learning_rate, time);
}

std::string ProgressJson(const TrainProgress& progress) {
  nlohmann::ordered_json json;
  json["fraction"] = progress.fraction;
  json["epoch"] = progress.epoch;
  json["tokens"] = progress.tokens;
  json["examples"] = progress.examples;
  json["tokens_per_second"] = NumberOrNull(progress.tokens_per_second);
  json["examples_per_second"] = NumberOrNull(progress.examples_per_second);
  json["loss"] = NumberOrNull(progress.mean_loss);
  json["learning_rate"] = progress.learning_rate;
  json["seconds"] = progress.seconds;
  json["seconds_left"] = NumberOrNull(progress.seconds_left);
  return json.dump();
}

std::string EpochText(const EpochReport& report) {
  return absl::StrFormat(
      "epoch %d of %d: %s%s", report.epoch, report.epochs,
      std::isfinite(report.mean_loss)
          ? absl::StrFormat("mean loss %.4f, ", report.mean_loss)
          : "",
      FormatSeconds(report.seconds));
}

std::string EpochJson(const EpochReport& report) {
  nlohmann::ordered_json json;
  json["epoch"] = report.epoch;
  json["epoch_loss"] = NumberOrNull(report.mean_loss);
  json["epoch_seconds"] = report.seconds;
  return json.dump();
}

double SecondsBetweenReports(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::kBar:
      return 0.5;
    case ProgressStyle::kJson:
      return 1.0;
    default:
      return 10.0;
  }
}

void ProgressPrinter::Print(const TrainProgress& progress) {
  if (!estimated_ && !progress.last) PrintEstimate(progress);
  switch (style_) {
    case ProgressStyle::kBar:
      // \033[K clears what a longer line left behind.
      std::fprintf(stderr, "\r[%s] %s\033[K%s", Bar(progress.fraction).c_str(),
                   ProgressText(progress).c_str(), progress.last ? "\n" : "");
      break;
    case ProgressStyle::kLines:
      PrintProgress(ProgressText(progress));
      break;
    case ProgressStyle::kJson:
      PrintProgress(ProgressJson(progress));
      break;
    case ProgressStyle::kNone:
      break;
  }
}

void ProgressPrinter::PrintEpoch(const EpochReport& report) {
  PrintProgress(style_ == ProgressStyle::kJson ? EpochJson(report)
                                               : EpochText(report));
}

void ProgressPrinter::PrintResult(absl::string_view text,
                                  absl::string_view json) {
  PrintLine(style_ == ProgressStyle::kJson ? json : text);
}

void ProgressPrinter::PrintProgress(absl::string_view line) {
  if (style_ != ProgressStyle::kNone) PrintLine(line);
}

void ProgressPrinter::PrintLine(absl::string_view line) {
  const char* const clear = style_ == ProgressStyle::kBar ? "\r\033[K" : "";
  std::fprintf(stderr, "%s%s\n", clear, std::string(line).c_str());
}

// The speed of the first moments says nothing yet.
void ProgressPrinter::PrintEstimate(const TrainProgress& progress) {
  constexpr double kEnoughSeconds = 0.9;
  if (progress.seconds < kEnoughSeconds || progress.fraction <= 0) return;
  estimated_ = true;
  const double whole = progress.seconds + progress.seconds_left;
  PrintProgress(
      style_ == ProgressStyle::kJson
          ? nlohmann::ordered_json{{"estimated_seconds", whole}}.dump()
          : absl::StrCat("estimated time: ", FormatSeconds(whole)));
}

}  // namespace embed
