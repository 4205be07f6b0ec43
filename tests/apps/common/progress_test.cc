#include "apps/common/progress.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace {

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
  EXPECT_EQ(json["examples"], 5000);
  EXPECT_TRUE(json["loss"].is_null());
  EXPECT_THAT(ProgressText(progress), testing::Not(testing::HasSubstr("loss")));
}

TEST(ProgressTest, EachReportIsALineAndNoneIsSilent) {
  for (const auto& [style, lines] :
       {std::pair(ProgressStyle::kLines, 3), std::pair(ProgressStyle::kJson, 3),
        std::pair(ProgressStyle::kNone, 0)}) {
    const ProgressCallback print = MakeProgressPrinter(style);
    testing::internal::CaptureStderr();
    TrainProgress progress = Half();
    EXPECT_TRUE(print(progress));
    EXPECT_TRUE(print(progress));
    progress.last = true;
    EXPECT_TRUE(print(progress));
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), lines);
  }
}

}  // namespace
}  // namespace embed
