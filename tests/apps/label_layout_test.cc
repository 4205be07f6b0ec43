#include "apps/label_layout.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace label_layout_test {

constexpr Box kArea = {0, 0, 400, 300};

TEST(LabelLayoutTest, NoNameLiesOverAnotherOrOutside) {
  LabelLayout layout(kArea, 12);
  std::vector<Box> boxes;
  int missing = 0;
  for (int i = 0; i < 300; ++i) {
    const double x = (i * 73) % 400;
    const double y = (i * 131) % 300;
    const auto place =
        layout.Add(x, y, 3, "name " + std::to_string(i), i % 2 == 0);
    if (!place.has_value()) {
      ++missing;
      continue;
    }
    EXPECT_TRUE(place->box.Inside(kArea));
    for (const Box& other : boxes) EXPECT_FALSE(place->box.Overlaps(other));
    boxes.push_back(place->box);
    // Beside its point, never on it.
    EXPECT_FALSE(place->box.Overlaps({x - 2, y - 2, x + 2, y + 2}));
    if (!place->far) {
      const double dx =
          std::max({place->box.left - x, x - place->box.right, 0.0});
      const double dy =
          std::max({place->box.top - y, y - place->box.bottom, 0.0});
      EXPECT_LE(std::hypot(dx, dy), 8);
    }
  }
  EXPECT_GT(boxes.size(), 60u);
  EXPECT_GT(missing, 0);
}

TEST(LabelLayoutTest, FarNamesFindRoomWhereNearOnesDoNot) {
  LabelLayout layout(kArea, 12);
  int near = 0;
  while (layout.Add(200, 150, 3, "the same place", false)) ++near;
  EXPECT_GE(near, 2);
  const auto far = layout.Add(200, 150, 3, "the same place", true);
  ASSERT_TRUE(far.has_value());
  EXPECT_TRUE(far->far);
}

TEST(LabelLayoutTest, ReservedDotsStayFree) {
  LabelLayout layout(kArea, 12);
  layout.Reserve(220, 150, 4);  // right of the point
  const auto place = layout.Add(200, 150, 3, "name", false);
  ASSERT_TRUE(place.has_value());
  EXPECT_FALSE(place->box.Overlaps({216, 146, 224, 154}));
}

TEST(LabelLayoutTest, Lengths) {
  EXPECT_EQ(Shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(Shortened("abcdefg", 6), "abcde\xE2\x80\xA6");
  EXPECT_EQ(Shortened("\xE5\x8C\x97\xE4\xBA\xAC\xE5\xB8\x82", 2),
            "\xE5\x8C\x97\xE2\x80\xA6");
  EXPECT_EQ(Shortened("", 3), "");
}

}  // namespace label_layout_test
}  // namespace embed
