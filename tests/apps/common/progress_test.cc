#include "apps/common/progress.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace progress_test {

TrainProgress Half() {
  TrainProgress progress;
  progress.fraction = 0.5;
  progress.tokens = 1000;
  progress.examples = 5000;
  progress.examples_per_second = 1234567;
  progress.mean_loss = 0.25;
  progress.learning_rate = 0.0125;
  progress.seconds = 60;
  progress.seconds_left = 61;
  return progress;
}

TEST(ProgressTest, StylesByName) {
  EXPECT_EQ(*ProgressStyleFromName("auto", true), ProgressStyle::kBar);
  EXPECT_EQ(*ProgressStyleFromName("auto", false), ProgressStyle::kLines);
  EXPECT_EQ(*ProgressStyleFromName("json", true), ProgressStyle::kJson);
  EXPECT_EQ(*ProgressStyleFromName("none", true), ProgressStyle::kNone);
  EXPECT_FALSE(ProgressStyleFromName("", true).ok());
}

TEST(ProgressTest, TextSaysWhatMatters) {
  EXPECT_EQ(ProgressText(Half()),
            " 50.0 %  1.23 M examples/s  loss 0.2500  rate 0.01250  1:01 left");
}

TEST(ProgressTest, JsonIsParsableEvenWithoutLoss) {
  TrainProgress progress = Half();
  progress.mean_loss = std::nan("");
  const auto json = nlohmann::json::parse(ProgressJson(progress));
  EXPECT_EQ(json["fraction"], 0.5);
  EXPECT_EQ(json["epoch"], 1);
  EXPECT_EQ(json["examples"], 5000);
  EXPECT_TRUE(json["loss"].is_null());
  EXPECT_THAT(ProgressText(progress), testing::Not(testing::HasSubstr("loss")));
}

EpochReport SecondEpoch() {
  EpochReport report;
  report.epoch = 2;
  report.epochs = 5;
  report.mean_loss = 0.25;
  report.seconds = 61;
  return report;
}

TEST(ProgressTest, EpochsHaveTheirLoss) {
  EXPECT_EQ(EpochText(SecondEpoch()), "epoch 2 of 5: mean loss 0.2500, 1:01");
  const auto json = nlohmann::json::parse(EpochJson(SecondEpoch()));
  EXPECT_EQ(json["epoch"], 2);
  EXPECT_EQ(json["epoch_loss"], 0.25);
  EpochReport empty = SecondEpoch();
  empty.mean_loss = std::nan("");
  EXPECT_EQ(EpochText(empty), "epoch 2 of 5: 1:01");
  EXPECT_TRUE(nlohmann::json::parse(EpochJson(empty))["epoch_loss"].is_null());
}

std::string Printed(ProgressStyle style,
                    const std::vector<TrainProgress>& reports) {
  ProgressPrinter printer(style);
  testing::internal::CaptureStderr();
  for (const TrainProgress& report : reports) printer.Print(report);
  printer.PrintEpoch(SecondEpoch());
  return testing::internal::GetCapturedStderr();
}

// The estimate, two reports, an epoch.
TEST(ProgressTest, EachReportIsALineAndNoneIsSilent) {
  TrainProgress last = Half();
  last.last = true;
  for (const auto& [style, lines] :
       {std::pair(ProgressStyle::kLines, 4), std::pair(ProgressStyle::kJson, 4),
        std::pair(ProgressStyle::kNone, 0)}) {
    const std::string text = Printed(style, {Half(), last});
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), lines) << text;
  }
  // The bar stands on one line, which is cleared for the lines between.
  const std::string bar = Printed(ProgressStyle::kBar, {Half(), last});
  EXPECT_EQ(std::count(bar.begin(), bar.end(), '\n'), 3) << bar;
  EXPECT_THAT(bar, testing::HasSubstr("\r\033[Kepoch 2 of 5"));
}

TEST(ProgressTest, TheWholeTimeIsEstimatedOnceAfterASecond) {
  TrainProgress early = Half();
  early.seconds = 0.5;
  TrainProgress last = Half();
  last.last = true;
  const std::string lines =
      Printed(ProgressStyle::kLines, {early, Half(), Half()});
  EXPECT_EQ(lines.find("estimated time: 2:01\n"),
            lines.rfind("estimated time: "))
      << lines;
  EXPECT_GT(lines.find("estimated time"), lines.find('\n'));
  EXPECT_THAT(Printed(ProgressStyle::kJson, {Half()}),
              testing::StartsWith("{\"estimated_seconds\":121.0}\n"));
  EXPECT_THAT(Printed(ProgressStyle::kLines, {early, last}),
              testing::Not(testing::HasSubstr("estimated")));
}

// --progress none silences progress, not what was asked for.
TEST(ProgressTest, ResultsArePrintedInEveryStyle) {
  for (const auto& [style, expected] :
       {std::pair(ProgressStyle::kBar, "\r\033[Kfound it\n"),
        std::pair(ProgressStyle::kLines, "found it\n"),
        std::pair(ProgressStyle::kJson, "{\"found\":1}\n"),
        std::pair(ProgressStyle::kNone, "found it\n")}) {
    ProgressPrinter printer(style);
    testing::internal::CaptureStderr();
    printer.PrintResult("found it", "{\"found\":1}");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), expected);
  }
  EXPECT_EQ(Printed(ProgressStyle::kNone, {Half()}), "");
}

}  // namespace progress_test
}  // namespace embed
