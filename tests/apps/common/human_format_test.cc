#include "apps/common/human_format.h"

#include <cmath>

#include "gtest/gtest.h"

namespace embed {
namespace human_format_test {

TEST(HumanFormatTest, CountsHaveThreeDigits) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(999.6), "1.00 k");
  EXPECT_EQ(FormatCount(12345), "12.3 k");
  EXPECT_EQ(FormatCount(99950), "100 k");
  EXPECT_EQ(FormatCount(999999), "1.00 M");
  EXPECT_EQ(FormatCount(1.5e15), "1500 T");
}

TEST(HumanFormatTest, BytesGoBy1024) {
  EXPECT_EQ(FormatBytes(1), "1 B");
  EXPECT_EQ(FormatBytes(1536), "1.50 KiB");
  EXPECT_EQ(FormatBytes(uint64_t{3} << 30), "3.00 GiB");
}

TEST(HumanFormatTest, Seconds) {
  EXPECT_EQ(FormatSeconds(0.4), "0:00");
  EXPECT_EQ(FormatSeconds(59.6), "1:00");
  EXPECT_EQ(FormatSeconds(754), "12:34");
  EXPECT_EQ(FormatSeconds(5025), "1:23:45");
  EXPECT_EQ(FormatSeconds(std::nan("")), "?");
  EXPECT_EQ(FormatSeconds(-1), "?");
}

}  // namespace human_format_test
}  // namespace embed
