#include "text/phrase_filter.h"

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace phrase_filter_test {

using WordPair = std::pair<std::string, std::string>;

std::string Join(const std::vector<WordPair>& phrases,
                 const std::string& text) {
  std::string result = "left from the text before";
  NewPhraseFilter(phrases)->Apply(text, &result);
  return result;
}

TEST(PhraseFilterTest, JoinsFromLeftToRightWithinLines) {
  const std::vector<WordPair> phrases = {
      {"a", "b"}, {"b", "c"}, {"a", "a"}, {"new", "york"}};
  EXPECT_EQ(Join(phrases, "in new york\n"), "in new_york\n");
  EXPECT_EQ(Join(phrases, "a b c\n"), "a_b c\n");
  EXPECT_EQ(Join(phrases, "x b c b c\n"), "x b_c b_c\n");
  EXPECT_EQ(Join(phrases, "a a a a a\n"), "a_a a_a a\n");
  EXPECT_EQ(Join(phrases, "a\nb\n\n c"), "a\nb\n\nc ");
  EXPECT_EQ(Join(phrases, "new\xE3\x80\x80york\r\n"), "new_york\n");
  EXPECT_EQ(Join(phrases, ""), "");
  EXPECT_EQ(Join({}, "a  b\n"), "a b\n");
}

// Longer phrases by a second list.
TEST(PhraseFilterTest, ListsFollowOneAnother) {
  const std::string once = Join({{"new", "york"}}, "new york times\n");
  EXPECT_EQ(Join({{"new_york", "times"}}, once), "new_york_times\n");
}

TEST(PhraseFilterTest, AgreesWithBruteForce) {
  const std::string text = RandomText(8000, 8);
  std::mt19937 random(3);
  std::set<WordPair> phrases;
  for (const auto& line : NaiveLines(text)) {
    for (size_t i = 1; i < line.size(); ++i) {
      if (random() % 4 == 0) phrases.emplace(line[i - 1], line[i]);
    }
  }
  ASSERT_GT(phrases.size(), 100u);
  std::vector<std::vector<std::string>> expected;
  for (const auto& line : NaiveLines(text)) {
    expected.emplace_back();
    for (size_t i = 0; i < line.size(); ++i) {
      if (i + 1 < line.size() && phrases.count({line[i], line[i + 1]}) > 0) {
        expected.back().push_back(absl::StrCat(line[i], "_", line[i + 1]));
        ++i;
      } else {
        expected.back().push_back(line[i]);
      }
    }
  }
  const std::vector<WordPair> list(phrases.begin(), phrases.end());
  EXPECT_EQ(NaiveLines(Join(list, text)), expected);
}

}  // namespace phrase_filter_test
}  // namespace embed
