#include "embed/index/spelling.h"

#include <algorithm>
#include <string>
#include <vector>

#include "embed/base/philox.h"
#include "gtest/gtest.h"

namespace embed {
namespace spelling_test {

TEST(SpellingTest, DecodesUtf8AndKeepsOtherBytes) {
  EXPECT_EQ(CodePoints("aé漢😀"), U"aé漢😀");
  EXPECT_EQ(CodePoints(""), U"");
  const std::u32string two = {0xDC00 + 0xE6, 0xDC00 + 0xBC};
  EXPECT_EQ(CodePoints("\xE6\xBC"), two);  // cut off
  const std::u32string overlong = {0xDC00 + 0xC0, 0xDC00 + 0x80};
  EXPECT_EQ(CodePoints("\xC0\x80"), overlong);
  EXPECT_EQ(CodePoints("\xED\xA0\x80").size(), 3u);      // a surrogate
  EXPECT_EQ(CodePoints("\xF4\x90\x80\x80").size(), 4u);  // above U+10FFFF
  EXPECT_EQ(CodePoints("\xE0\x80\x80").size(), 3u);      // overlong
}

TEST(SpellingTest, KnownDistances) {
  EXPECT_EQ(EditDistance(U"kitten", U"sitting", 9), 3);
  EXPECT_EQ(EditDistance(U"teh", U"the", 9), 1);
  EXPECT_EQ(EditDistance(U"ca", U"abc", 9), 3);  // 2 if parts were edited twice
  EXPECT_EQ(EditDistance(U"", U"abc", 9), 3);
  EXPECT_EQ(EditDistance(U"漢字", U"漢子", 9), 1);
  EXPECT_EQ(EditDistance(U"same", U"same", 0), 0);
}

// The definition, by recursion.
int Slow(const std::u32string& a, const std::u32string& b) {
  if (a.empty() || b.empty()) return static_cast<int>(a.size() + b.size());
  const std::u32string a1 = a.substr(1);
  const std::u32string b1 = b.substr(1);
  int best = std::min(
      {Slow(a1, b) + 1, Slow(a, b1) + 1, Slow(a1, b1) + (a[0] != b[0])});
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0]) {
    best = std::min(best, Slow(a.substr(2), b.substr(2)) + 1);
  }
  return best;
}

TEST(SpellingTest, EqualsTheDefinitionAtEveryLimit) {
  Philox random(1, RandomPurpose::kTest, 0, 0);
  const auto word = [&] {
    std::u32string text(random.Below(6), U'a');
    for (char32_t& c : text) c += random.Below(3);
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::u32string a = word();
    const std::u32string b = word();
    const int expected = Slow(a, b);
    for (int limit = 0; limit < 7; ++limit) {
      EXPECT_EQ(EditDistance(a, b, limit), std::min(expected, limit + 1));
    }
  }
}

}  // namespace spelling_test
}  // namespace embed
