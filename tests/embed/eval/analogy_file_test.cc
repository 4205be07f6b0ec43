#include "embed/eval/analogy_file.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace analogy_file_test {

using testing::HasSubstr;

TEST(AnalogyFileTest, ReadsBothForms) {
  const auto questions = ParseAnalogies(
      "a b c d\n: capital world\r\nAthens Greece  Oslo Norway\r\n# x\n\n"
      "family\tking \tqueen\t the man\twoman  \nno\theading\tof\town",
      "f");
  ASSERT_TRUE(questions.ok()) << questions.status();
  ASSERT_EQ(questions->size(), 4u);
  EXPECT_EQ((*questions)[0].category, "");
  EXPECT_EQ((*questions)[1].category, "capital world");
  EXPECT_EQ((*questions)[1].a, "Athens");
  EXPECT_EQ((*questions)[1].d, "Norway");
  EXPECT_EQ((*questions)[2].category, "family");
  EXPECT_EQ((*questions)[2].a, "king");
  EXPECT_EQ((*questions)[2].c, "the man");
  EXPECT_EQ((*questions)[2].d, "woman");
  EXPECT_EQ((*questions)[3].category, "capital world");
}

TEST(AnalogyFileTest, BadLinesAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {": x\na b c\n", "f: line 2: expected four words"},
      {"a b c d e\n", "line 1: expected"},
      {"a\tb\t\td\n", "line 1: a word is empty"},
      {"a\tb\t \td\n", "line 1: a word is empty"},
      {"a b \xFF d\n", "line 1: not UTF-8"},
      {": only\n", "f: no questions"},
  };
  for (const auto& [text, expected] : cases) {
    const auto questions = ParseAnalogies(text, "f");
    EXPECT_EQ(questions.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(questions.status().message(), HasSubstr(expected));
  }
}

}  // namespace analogy_file_test
}  // namespace embed
