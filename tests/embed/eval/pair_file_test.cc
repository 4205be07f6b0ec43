#include "embed/eval/pair_file.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace pair_file_test {

using testing::HasSubstr;

TEST(PairFileTest, ReadsPairs) {
  const auto pairs = ParsePairFile("# k\na\tb\t1\r\n\nNew York\tc\t0", "x");
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 2u);
  EXPECT_EQ((*pairs)[0].first, "a");
  EXPECT_TRUE((*pairs)[0].linked);
  EXPECT_EQ((*pairs)[1].first, "New York");
  EXPECT_EQ((*pairs)[1].second, "c");
  EXPECT_FALSE((*pairs)[1].linked);
}

TEST(PairFileTest, KeysMayBeginWithANumberSign) {
  const auto pairs = ParsePairFile(
      "#first\tsecond\tlinked\n#a\tb\t1\n# c\td\t1\n#e f\n#\n#g\t#h\t0\n", "x");
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 2u);
  EXPECT_EQ((*pairs)[0].first, "#a");
  EXPECT_EQ((*pairs)[1].first, "#g");
  EXPECT_EQ((*pairs)[1].second, "#h");
}

TEST(PairFileTest, BadLinesAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"a\tb\t1\na\tb\n", "f: line 2: expected two keys and 1 or 0"},
      {"a b 1\n", "line 1: expected"},
      {"a\tb\tyes\n", "line 1: the third field is \"yes\""},
      {"a\t\t1\n", "line 1: a key is empty"},
      {"a\tb\t1\n", "f: 1 linked and 0 other pairs"},
      {"a\tb\t0\n", "f: 0 linked and 1 other"},
      {"", "f: 0 linked and 0 other"},
  };
  for (const auto& [text, expected] : cases) {
    const auto pairs = ParsePairFile(text, "f");
    EXPECT_EQ(pairs.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(pairs.status().message(), HasSubstr(expected));
  }
}

}  // namespace pair_file_test
}  // namespace embed
