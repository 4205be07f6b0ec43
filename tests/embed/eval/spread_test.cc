#include "embed/eval/spread.h"

#include <cmath>

#include "gtest/gtest.h"

namespace embed {
namespace spread_test {

TEST(SpreadTest, IsThatOfASample) {
  const Spread spread = SpreadOf({1, 2, 6});
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_DOUBLE_EQ(spread.deviation, std::sqrt((4 + 1 + 9) / 2.0));
  EXPECT_TRUE(std::isnan(SpreadOf({1}).deviation));
}

}  // namespace spread_test
}  // namespace embed
