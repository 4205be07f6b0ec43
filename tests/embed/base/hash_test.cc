// The values are stored in files, so they are pinned here: XXH3_64bits is
// stable since xxHash 0.8.0; the first is published in its specification.
#include "embed/base/hash.h"

#include <string>

#include "gtest/gtest.h"

namespace embed {
namespace hash_test {

TEST(HashTest, NeverChanges) {
  EXPECT_EQ(Hash64(""), 0x2D06800538D394C2u);
  EXPECT_EQ(Hash64("a"), 0xE6C632B61E964E1Fu);
  EXPECT_EQ(Hash64("abc"), 0x78AF5F94892F3950u);
}

TEST(HashTest, ReadsAllBytesAtAnyPlace) {
  const std::string text(1000, '\0');
  EXPECT_NE(Hash64(text), Hash64(text.data(), 999));
  std::string shifted = "_" + text;
  EXPECT_EQ(Hash64(shifted.data() + 1, 1000), Hash64(text));
  shifted.back() = 1;
  EXPECT_NE(Hash64(shifted.data() + 1, 1000), Hash64(text));
}

}  // namespace hash_test
}  // namespace embed
