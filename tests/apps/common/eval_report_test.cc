#include "apps/common/eval_report.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "gtest/gtest.h"

namespace embed {
namespace eval_report_test {

EvalReport Report() {
  EvalReport report;
  report.epoch = 3;
  report.task = "wordsim";
  report.file = "ws353.tsv";
  report.result = {0.65125, 0.5, 330, 353};
  report.best = {3, 0.65125, 0};
  return report;
}

TEST(EvalReportTest, TextSaysWhatHappened) {
  EvalReport report = Report();
  EXPECT_EQ(EvalReportText(report),
            "epoch 3: wordsim ws353.tsv: spearman 0.6512, pearson 0.5000, 330 "
            "of 353 pairs, the best so far");
  report.best = {2, 0.7, 1};
  report.stop = true;
  EXPECT_EQ(EvalReportText(report),
            "epoch 3: wordsim ws353.tsv: spearman 0.6512, pearson 0.5000, 330 "
            "of 353 pairs; the best was 0.7000 in epoch 2; no better for 1 "
            "epoch: stopping");
}

TEST(EvalReportTest, JsonHoldsAllAndNullForNan) {
  EvalReport report = Report();
  report.file = "\xFF.tsv";
  const auto json = nlohmann::json::parse(EvalReportJson(report));
  EXPECT_EQ(json["epoch"], 3);
  EXPECT_EQ(json["task"], "wordsim");
  EXPECT_EQ(json["file"], "\xEF\xBF\xBD.tsv");
  EXPECT_EQ(json["spearman"], 0.65125);
  EXPECT_EQ(json["pearson"], 0.5);
  EXPECT_EQ(json["used"], 330);
  EXPECT_EQ(json["total"], 353);
  EXPECT_EQ(json["best_epoch"], 3);
  EXPECT_EQ(json["best_score"], 0.65125);
  EXPECT_EQ(json["stop"], false);
  report.result.spearman = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(
      nlohmann::json::parse(EvalReportJson(report))["spearman"].is_null());
}

}  // namespace eval_report_test
}  // namespace embed
