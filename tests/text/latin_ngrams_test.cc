#include "text/latin_ngrams.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"
#include "text/stroke_ngrams.h"

namespace embed {
namespace latin_ngrams_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint64_t> Codes(const std::string& word, int min_n, int max_n) {
  std::vector<uint64_t> codes = {7};  // it appends
  AppendLatinNgramCodes(word, min_n, max_n, &codes);
  EXPECT_EQ(codes.front(), 7u);
  codes.erase(codes.begin());
  return codes;
}

std::vector<std::string> Texts(const std::vector<uint64_t>& codes) {
  std::vector<std::string> texts;
  for (const uint64_t code : codes) texts.push_back(LatinNgramText(code));
  return texts;
}

TEST(LatinNgramsTest, CodesAreAsDocumented) {
  EXPECT_THAT(Codes("a", 3, 6),
              ElementsAre(uint64_t{1} << 63 | uint64_t{3} << 60 | '<' << 20 |
                          'a' << 10 | '>'));
  EXPECT_THAT(Texts(Codes("cat", 3, 4)),
              ElementsAre("<ca", "<cat", "cat", "cat>", "at>"));
  // No lone mark of the word's ends.
  EXPECT_THAT(Texts(Codes("ab", 1, 1)), ElementsAre("a", "b"));
}

TEST(LatinNgramsTest, RunsEndAtOtherCharacters) {
  EXPECT_THAT(Texts(Codes("A股", 2, 6)), ElementsAre("<A"));
  EXPECT_THAT(Texts(Codes("中3D机", 1, 6)), ElementsAre("3", "3D", "D"));
  EXPECT_THAT(Texts(Codes("卡拉OK", 3, 6)), ElementsAre("OK>"));
  EXPECT_THAT(Codes("北京", 1, 6), IsEmpty());
  EXPECT_THAT(Codes("мир", 1, 6), IsEmpty());  // U+0400 and on
  EXPECT_THAT(Codes("", 1, 6), ElementsAre(Codes("", 2, 2)[0]));  // "<>"
}

TEST(LatinNgramsTest, FullWidthFormsAreTheOrdinaryCharacters) {
  EXPECT_EQ(Codes("ＧＤＰ２", 3, 6), Codes("GDP2", 3, 6));
  EXPECT_EQ(Codes("！～", 1, 6), Codes("!~", 1, 6));
  EXPECT_THAT(Texts(Codes("naïve", 3, 3)),
              ElementsAre("<na", "naï", "aïv", "ïve", "ve>"));
}

// Different n-grams have different codes, none of which a stroke n-gram has.
TEST(LatinNgramsTest, CodesNameNgramsOneToOne) {
  std::mt19937 random(4);
  std::map<uint64_t, std::string> text_of;
  std::map<std::string, uint64_t> code_of;
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> characters = {"<"};
    std::string word;
    for (uint64_t n = 1 + random() % 9; n > 0; --n) {
      characters.push_back(
          NaiveEncode(1 + static_cast<uint32_t>(random() % 0x3FF)));
      word += characters.back();
    }
    characters.push_back(">");
    std::vector<std::string> naive;
    for (size_t begin = 0; begin < characters.size(); ++begin) {
      std::string text;
      for (size_t n = 1; n <= 6 && begin + n <= characters.size(); ++n) {
        text += characters[begin + n - 1];
        const bool mark =
            n == 1 && (begin == 0 || begin + 1 == characters.size());
        if (!mark) naive.push_back(text);
      }
    }
    const std::vector<uint64_t> codes = Codes(word, 1, 6);
    ASSERT_EQ(Texts(codes), naive);
    for (size_t i = 0; i < codes.size(); ++i) {
      EXPECT_TRUE(IsLatinNgram(codes[i]));
      ASSERT_EQ(text_of.emplace(codes[i], naive[i]).first->second, naive[i]);
      ASSERT_EQ(code_of.emplace(naive[i], codes[i]).first->second, codes[i]);
    }
  }
  for (const uint64_t code : StrokeNgramCodes("hspnzhspnzhspnzz", 1, 16)) {
    EXPECT_FALSE(IsLatinNgram(code));
  }
}

}  // namespace latin_ngrams_test
}  // namespace embed
