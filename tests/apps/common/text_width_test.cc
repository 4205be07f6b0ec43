#include "apps/common/text_width.h"

#include "gtest/gtest.h"

namespace embed {
namespace text_width_test {

TEST(TextWidthTest, GrowsWithFontAndLetters) {
  EXPECT_GT(TextWidth("WWW", 12), TextWidth("iii", 12));
  EXPECT_EQ(TextWidth("", 12), 0);
  EXPECT_NEAR(TextWidth("ab", 24), 2 * TextWidth("ab", 12), 1e-9);
  EXPECT_NEAR(TextWidth("\xE5\x8C\x97", 10), 10.2, 1e-9);
}

}  // namespace text_width_test
}  // namespace embed
