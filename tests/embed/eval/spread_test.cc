#include "embed/eval/spread.h"

#include <cmath>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"

namespace embed {
namespace spread_test {

TEST(SpreadTest, IsThatOfASample) {
  const Spread spread = SpreadOf({1, 2, 6});
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_DOUBLE_EQ(spread.deviation, std::sqrt((4 + 1 + 9) / 2.0));
  EXPECT_TRUE(std::isnan(SpreadOf({1}).deviation));
}

TEST(SpreadTest, SameAsNumPy) {
  const TempFolder folder;
  std::mt19937 random(1);
  std::vector<double> values(50);
  for (double& value : values) value = static_cast<double>(random() % 1000);
  const PythonAnswer answer = AskPython(
      folder, "numpy",
      absl::StrCat("v = [", absl::StrJoin(values, ","),
                   "]\nanswer(numpy.mean(v), numpy.std(v, ddof=1))\n"));
  if (!answer.has_module) GTEST_SKIP() << "python3-numpy is not installed";
  ASSERT_EQ(answer.numbers.size(), 2u);
  EXPECT_NEAR(SpreadOf(values).mean, answer.numbers[0], 1e-9);
  EXPECT_NEAR(SpreadOf(values).deviation, answer.numbers[1], 1e-9);
}

}  // namespace spread_test
}  // namespace embed
