#include "embed/index/link_list.h"

#include <vector>

#include "gtest/gtest.h"

namespace embed {
namespace link_list_test {

std::vector<uint32_t> Values(const LinkList& list) {
  std::vector<uint32_t> values;
  for (const uint32_t value : list) values.push_back(value);
  return values;
}

TEST(LinkListTest, TakesTheFewestBytes) {
  EXPECT_EQ(LinkList::BytesFor(1), 2u);
  EXPECT_EQ(LinkList::BytesFor(0xFFFF), 2u);
  EXPECT_EQ(LinkList::BytesFor(0x10000), 3u);
  EXPECT_EQ(LinkList::BytesFor(0xFFFFFF), 3u);
  EXPECT_EQ(LinkList::BytesFor(0x1000000), 4u);
  EXPECT_EQ(LinkList::BytesFor(uint64_t{1} << 31), 4u);
}

// Numbers by hand, behind them what belongs to no number.
TEST(LinkListTest, ReadsNumbersOfEachWidth) {
  const uint8_t two[] = {1, 0, 0, 2, 0xFF, 0xFF, 9, 9};
  EXPECT_EQ(Values({two, 3, 2}), (std::vector<uint32_t>{1, 0x200, 0xFFFF}));
  const uint8_t three[] = {1, 0, 0, 0, 2, 3, 0xFF, 0xFF, 0xFF, 9};
  EXPECT_EQ(Values({three, 3, 3}),
            (std::vector<uint32_t>{1, 0x30200, 0xFFFFFF}));
  const uint8_t four[] = {1, 0, 0, 0, 1, 2, 3, 4};
  EXPECT_EQ(Values({four, 2, 4}), (std::vector<uint32_t>{1, 0x04030201}));
}

TEST(LinkListTest, IsCutAndEndsBeforeTheFirstThatIsNoRow) {
  const uint8_t bytes[] = {1, 0, 0, 2, 0, 0, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0};
  const LinkList list(bytes, 4, 3);
  EXPECT_EQ(list.none(), 0xFFFFFFu);
  EXPECT_EQ(Values(list.UpToNone()), (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(Values(list.From(3)), (std::vector<uint32_t>{3}));
  EXPECT_EQ(Values(list.From(3).UpToNone()), (std::vector<uint32_t>{3}));
  EXPECT_EQ(Values(list.First(1)), (std::vector<uint32_t>{1}));
  EXPECT_EQ(list.First(9).size(), 4u);
  EXPECT_EQ(list.num_bytes(), 12u);
  EXPECT_TRUE(Values(list.First(0).UpToNone()).empty());
}

}  // namespace link_list_test
}  // namespace embed
