#include "embed/eval/correlation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace correlation_test {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// n values of `distinct` different ones, so with ties if distinct < n.
std::vector<double> RandomValues(size_t n, uint32_t distinct, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> values(n);
  for (double& value : values)
    value = 0.25 * static_cast<double>(random() % distinct) - 3;
  return values;
}

std::string PythonList(const std::vector<double>& values) {
  return absl::StrJoin(values, ",", [](std::string* text, double value) {
    absl::StrAppendFormat(text, "%.17g", value);
  });
}

// Pearson's r by its definition, in long double.
double PearsonByDefinition(const std::vector<double>& x,
                           const std::vector<double>& y) {
  long double x_mean = 0, y_mean = 0, xy = 0, xx = 0, yy = 0;
  for (const double value : x) x_mean += value / static_cast<double>(x.size());
  for (const double value : y) y_mean += value / static_cast<double>(y.size());
  for (size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - x_mean) * (y[i] - y_mean);
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    yy += (y[i] - y_mean) * (y[i] - y_mean);
  }
  return static_cast<double>(xy / std::sqrt(xx * yy));
}

TEST(CorrelationTest, EqualValuesShareTheMeanOfTheirRanks) {
  EXPECT_THAT(AverageRanks({10, 20, 20, 5}), ElementsAre(2, 3.5, 3.5, 1));
  EXPECT_THAT(AverageRanks({7, 7, 7}), ElementsAre(2, 2, 2));
  EXPECT_THAT(AverageRanks({0.0, -0.0, -1}), ElementsAre(2.5, 2.5, 1));
  EXPECT_THAT(AverageRanks({kInfinity, 1, -kInfinity}), ElementsAre(3, 2, 1));
  EXPECT_THAT(AverageRanks({4}), ElementsAre(1));
  EXPECT_THAT(AverageRanks({}), IsEmpty());
}

TEST(CorrelationTest, RanksCountSmallerAndEqualValues) {
  for (const uint32_t distinct : {2, 30, 100000}) {
    const std::vector<double> values = RandomValues(200, distinct, 5);
    const std::vector<double> ranks = AverageRanks(values);
    for (size_t i = 0; i < values.size(); ++i) {
      double expected = 0.5;
      for (const double other : values) {
        expected += other < values[i] ? 1 : other == values[i] ? 0.5 : 0;
      }
      ASSERT_EQ(ranks[i], expected) << distinct << " " << i;
    }
  }
}

TEST(CorrelationTest, PearsonOfHandWorkedLists) {
  EXPECT_DOUBLE_EQ(PearsonCorrelation({1, 2, 3}, {10, 20, 30}), 1);
  EXPECT_DOUBLE_EQ(PearsonCorrelation({1, 2, 3}, {3, 2, 1}), -1);
  EXPECT_DOUBLE_EQ(PearsonCorrelation({1, 2, 3}, {1, 5, 1}), 0);
  // sums: xy 5.5, xx 5, yy 8.75
  EXPECT_DOUBLE_EQ(PearsonCorrelation({1, 2, 3, 4}, {1, 3, 2, 5}),
                   5.5 / std::sqrt(5 * 8.75));
}

TEST(CorrelationTest, PearsonStandsFarFromZero) {
  const std::vector<double> x = RandomValues(500, 1000, 1);
  std::vector<double> y = RandomValues(500, 1000, 2);
  for (size_t i = 0; i < y.size(); ++i) y[i] += 0.5 * x[i];
  const double expected = PearsonByDefinition(x, y);
  EXPECT_NEAR(PearsonCorrelation(x, y), expected, 1e-14);
  std::vector<double> far = x;
  for (double& value : far) value += 1e9;  // exact: the values are quarters
  EXPECT_NEAR(PearsonCorrelation(far, y), expected, 1e-9);
}

TEST(CorrelationTest, SpearmanWithoutTiesIsTheSumOfSquaredRankDifferences) {
  std::vector<double> x(100), y(100);
  for (size_t i = 0; i < 100; ++i) x[i] = y[i] = static_cast<double>(i + 1);
  std::shuffle(y.begin(), y.end(), std::mt19937(3));
  double squares = 0;
  for (size_t i = 0; i < 100; ++i) squares += (x[i] - y[i]) * (x[i] - y[i]);
  EXPECT_NEAR(SpearmanCorrelation(x, y), 1 - 6 * squares / (1e6 - 100), 1e-14);
}

TEST(CorrelationTest, SpearmanOfHandWorkedTies) {
  // ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4; sums: xy 4.5, xx 4.5, yy 5
  EXPECT_DOUBLE_EQ(SpearmanCorrelation({1, 2, 2, 3}, {1, 2, 3, 4}),
                   4.5 / std::sqrt(4.5 * 5));
  EXPECT_DOUBLE_EQ(SpearmanCorrelation({3, 2, 2, 1}, {1, 2, 2, 3}), -1);
}

TEST(CorrelationTest, SpearmanSeesOrderOnly) {
  const std::vector<double> x = RandomValues(300, 40, 8);
  const std::vector<double> y = RandomValues(300, 40, 9);
  std::vector<double> bent = x;
  for (double& value : bent) value = std::exp(value);
  EXPECT_EQ(SpearmanCorrelation(bent, y), SpearmanCorrelation(x, y));
}

TEST(CorrelationTest, UndefinedIsNan) {
  for (const auto correlation : {PearsonCorrelation, SpearmanCorrelation}) {
    EXPECT_TRUE(std::isnan(correlation({}, {})));
    EXPECT_TRUE(std::isnan(correlation({1}, {2})));
    EXPECT_TRUE(std::isnan(correlation({1, 2, 3}, {5, 5, 5})));
    EXPECT_TRUE(std::isnan(correlation({0.1, 0.1, 0.1}, {1, 2, 3})));
    EXPECT_TRUE(std::isnan(correlation({4, 4}, {4, 4})));
    EXPECT_TRUE(std::isnan(correlation({1, kNan, 3}, {1, 2, 3})));
    EXPECT_TRUE(std::isnan(correlation({1, 2, 3}, {kNan, 2, 3})));
  }
  EXPECT_TRUE(std::isnan(PearsonCorrelation({1, 2, kInfinity}, {1, 2, 3})));
}

TEST(CorrelationTest, AgreesWithSciPy) {
  const TempFolder folder;
  std::string program = "from scipy.stats import spearmanr, pearsonr\n";
  std::vector<double> ours;
  for (const uint32_t distinct : {2, 10, 1000000}) {
    const std::vector<double> x = RandomValues(353, distinct, 21);
    const std::vector<double> y = RandomValues(353, 60, 22);
    ours.push_back(SpearmanCorrelation(x, y));
    ours.push_back(PearsonCorrelation(x, y));
    absl::StrAppend(&program, "x, y = [", PythonList(x), "], [", PythonList(y),
                    "]\n", "answer(spearmanr(x, y)[0], pearsonr(x, y)[0])\n");
  }
  absl::StrAppend(&program, "answer(spearmanr([1, 2], [5, 5])[0])\n");
  const PythonAnswer answer = AskPython(folder, "scipy.stats", program);
  if (!answer.has_module) {
    GTEST_SKIP() << "/usr/bin/python3 has no SciPy (python3-scipy)";
  }
  ASSERT_EQ(answer.numbers.size(), ours.size() + 1);
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i], answer.numbers[i], 1e-12) << i;
  }
  EXPECT_TRUE(std::isnan(answer.numbers.back()));
}

}  // namespace correlation_test
}  // namespace embed
