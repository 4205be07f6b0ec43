#include "embed/base/white_space.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace white_space_test {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WhiteSpaceTest, KnowsEveryCodePoint) {
  const auto& spaces = NaiveWhiteSpace();
  for (uint32_t c = 0; c <= 0xFFFF; ++c) {
    const std::string bytes = NaiveEncode(c);
    const bool is_space =
        std::find(spaces.begin(), spaces.end(), bytes) != spaces.end();
    ASSERT_EQ(WhiteSpaceLength(bytes.data(), bytes.size()),
              is_space ? bytes.size() : 0)
        << c;
    // Cut off, it is no white space.
    if (bytes.size() > 1) {
      ASSERT_EQ(WhiteSpaceLength(bytes.data(), bytes.size() - 1), 0u) << c;
    }
  }
}

TEST(WhiteSpaceTest, SplitsAtEveryCharacter) {
  for (const std::string& space : NaiveWhiteSpace()) {
    EXPECT_THAT(
        SplitAtWhiteSpace(space + "ab" + space + space + "\u00e9\u3042"),
        ElementsAre("ab", "\u00e9\u3042"));
    EXPECT_THAT(SplitAtWhiteSpace("ab" + space), ElementsAre("ab"));
    EXPECT_THAT(SplitAtWhiteSpace(space), IsEmpty());
    EXPECT_TRUE(HasWhiteSpace("ab" + space));
    EXPECT_TRUE(HasWhiteSpace("\u3042" + space + "b"));
  }
  EXPECT_THAT(SplitAtWhiteSpace(""), IsEmpty());
  // Characters with the same lead bytes.
  EXPECT_THAT(SplitAtWhiteSpace("\u00a1\u3001 \u2010"),
              ElementsAre("\u00a1\u3001", "\u2010"));
  EXPECT_FALSE(HasWhiteSpace("\u00a1\u3001\u2010"));
  EXPECT_FALSE(HasWhiteSpace(""));
}

TEST(WhiteSpaceTest, SkipsExactlyTheOrdinaryBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 40, 'x');
    for (char& byte : text) {
      const uint32_t kind = random() % 16;
      byte = static_cast<char>(kind == 0   ? random()
                               : kind == 1 ? 0x20 + random() % 3
                               : kind < 9  ? 0x80 + random() % 0x80
                                           : 'a' + random() % 26);
    }
    const char* naive = text.data();
    const char* end = text.data() + text.size();
    while (naive != end &&
           ClassOf(static_cast<uint8_t>(*naive)) == ByteClass::kOther) {
      ++naive;
    }
    ASSERT_EQ(SkipOrdinaryBytes(text.data(), end) - text.data(),
              naive - text.data());
  }
}

}  // namespace white_space_test
}  // namespace embed
