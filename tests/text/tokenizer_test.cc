#include "text/tokenizer.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace tokenizer_test {

using Lines = std::vector<std::vector<std::string>>;

Lines Tokenize(const std::string& text, uint64_t* dropped = nullptr) {
  Lines lines(1);
  Tokenizer tokens(text);
  absl::string_view token;
  for (Tokenizer::Event event;
       (event = tokens.Next(&token)) != Tokenizer::kEnd;) {
    if (event == Tokenizer::kToken) {
      lines.back().emplace_back(token);
    } else {
      EXPECT_TRUE(token.empty());
      lines.emplace_back();
    }
  }
  EXPECT_EQ(tokens.Next(&token), Tokenizer::kEnd);
  if (dropped != nullptr) *dropped = tokens.dropped_tokens();
  if (text.empty() || text.back() == '\n') lines.pop_back();
  return lines;
}

TEST(TokenizerTest, AgreesWithTheNaiveOneOnRandomText) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const std::string text = RandomText(static_cast<int>(seed), seed);
    ASSERT_EQ(Tokenize(text), NaiveLines(text)) << seed;
  }
}

TEST(TokenizerTest, HandWorkedCases) {
  EXPECT_EQ(Tokenize(""), Lines());
  EXPECT_EQ(Tokenize("\n\n"), (Lines{{}, {}}));
  EXPECT_EQ(Tokenize("a b\r\n c\td \r\n"), (Lines{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(Tokenize(std::string("x\0y\0\0z", 6)), (Lines{{"x", "y", "z"}}));
  // U+3000 and U+00A0 are white space; U+200B and U+FEFF are not.
  EXPECT_EQ(Tokenize("中国　北京\u00A0人"), (Lines{{"中国", "北京", "人"}}));
  EXPECT_EQ(Tokenize("a\u200Bb \uFEFFc"), (Lines{{"a\u200Bb",
                                                  "\uFEFF"
                                                  "c"}}));
}

TEST(TokenizerTest, LeavesOutTokensOfMoreThan64KiB) {
  const std::string longest(65536, 'x');
  uint64_t dropped;
  EXPECT_EQ(Tokenize("a " + longest + " b", &dropped),
            (Lines{{"a", longest, "b"}}));
  EXPECT_EQ(dropped, 0u);
  EXPECT_EQ(Tokenize("a " + longest + "x b " + longest + "y", &dropped),
            (Lines{{"a", "b"}}));
  EXPECT_EQ(dropped, 2u);
}

}  // namespace tokenizer_test
}  // namespace embed
