#include "text/text_filter.h"

#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "embed/base/utf8.h"
#include "gtest/gtest.h"
#include "tests/embed/base/naive_text.h"

namespace embed {
namespace text_filter_test {

std::string Apply(const std::unique_ptr<TextFilter>& filter,
                  const std::string& text) {
  std::string result = "left from the text before";
  filter->Apply(text, &result);
  return result;
}

bool IsSurrogate(uint32_t code_point) {
  return code_point >= 0xD800 && code_point <= 0xDFFF;
}

// Output of a Python program, empty where there is no Python.
std::string Python(const std::string& program) {
  FILE* pipe = popen(
      absl::StrCat("/usr/bin/python3 -c '", program, "' 2>/dev/null").c_str(),
      "r");
  std::string output;
  char block[4096];
  size_t size;
  while ((size = fread(block, 1, sizeof(block), pipe)) > 0) {
    output.append(block, size);
  }
  pclose(pipe);
  return output;
}

TEST(LowercaseFilterTest, MapsEveryCodePointAsPython) {
  // All code points one a line, where Python's (full) mapping is one to one.
  const std::string expected = Python(
      "import sys\n"
      "for c in range(0x80, 0x30000):\n"
      "  if not 0xD800 <= c <= 0xDFFF:\n"
      "    s = chr(c).lower()\n"
      "    if len(s) == 1: sys.stdout.buffer.write((s + \"\\n\").encode())\n"
      "    else: sys.stdout.buffer.write(b\"?\\n\")\n");
  if (expected.empty()) GTEST_SKIP() << "no /usr/bin/python3 to compare with";
  std::string text;
  for (uint32_t c = 0x80; c < 0x30000; ++c) {
    if (IsSurrogate(c)) continue;
    AppendUtf8(c, &text);
    text += '\n';
  }
  const std::vector<std::string> ours =
      absl::StrSplit(Apply(NewLowercaseFilter(), text), '\n');
  const std::vector<std::string> theirs = absl::StrSplit(expected, '\n');
  ASSERT_EQ(ours.size(), theirs.size());
  int different = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    if (theirs[i] != "?" && ours[i] != theirs[i]) ++different;
  }
  // Nothing but letters that one of the two Unicode versions does not know.
  EXPECT_LE(different, 5);
}

TEST(LowercaseFilterTest, MapsAsciiAtEveryPlace) {
  const std::unique_ptr<TextFilter> filter = NewLowercaseFilter();
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  for (size_t pad = 0; pad < 9; ++pad) {
    std::string expected = std::string(pad, 'x');
    for (const char c : all) {
      expected += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    EXPECT_EQ(Apply(filter, std::string(pad, 'X') + all), expected);
  }
  EXPECT_EQ(Apply(filter, ""), "");
}

TEST(LowercaseFilterTest, ChangesLengths) {
  // U+023A takes two bytes and its lower case three; the Kelvin sign three and
  // one.
  const std::unique_ptr<TextFilter> filter = NewLowercaseFilter();
  std::string text;
  std::string lower;
  for (int i = 0; i < 50; ++i) {
    text += "\u023A";
    lower += "\u2C65";
  }
  EXPECT_EQ(Apply(filter, text), lower);
  EXPECT_EQ(Apply(filter, "\u212A ÀÉΣ ЖЯ İ 中文 Ａ"), "k àéσ жя i 中文 ａ");
}

TEST(CharacterFilterTest, SeparatesCodePointsButLatinAndDigits) {
  const std::unique_ptr<TextFilter> filter = NewCharacterFilter();
  EXPECT_EQ(Apply(filter, "我爱北京天安门。"), "我 爱 北 京 天 安 门 。");
  EXPECT_EQ(Apply(filter, "2024年GDP增长5.2%"), "2024 年 GDP 增 长 5 . 2 %");
  EXPECT_EQ(Apply(filter, "用iPhone15拍 照\n下一行"),
            "用 iPhone15 拍 照\n下 一 行");
  // A combining accent and a variation selector stay with what they follow.
  EXPECT_EQ(Apply(filter, "中cafe\u0301s文\u2764\uFE0F好"),
            "中 cafe\u0301s 文 \u2764\uFE0F 好");
  EXPECT_EQ(Apply(filter, ""), "");
}

TEST(CharacterFilterTest, LosesNothingOfAnyText) {
  const std::unique_ptr<TextFilter> filter = NewCharacterFilter();
  const std::string text = RandomText(5000, 3);
  std::string joined;
  for (const std::string& token : NaiveTokens(Apply(filter, text))) {
    joined += token;
  }
  std::string expected;
  for (const std::string& token : NaiveTokens(text)) expected += token;
  EXPECT_EQ(joined, expected);
  EXPECT_EQ(NaiveLines(Apply(filter, text)).size(), NaiveLines(text).size());
}

TEST(SetFilterTest, KeepsTheFirstOfEachTokenOfALine) {
  const std::unique_ptr<TextFilter> filter = NewSetFilter();
  EXPECT_EQ(Apply(filter, "b a b\tc a\n\na a\nb"), "b a c \n\na \nb ");
  const std::string text = RandomText(5000, 9);
  const auto lines = NaiveLines(text);
  const auto filtered = NaiveLines(Apply(filter, text));
  ASSERT_EQ(lines.size(), filtered.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string> expected;
    std::set<std::string> seen;
    for (const std::string& token : lines[i]) {
      if (seen.insert(token).second) expected.push_back(token);
    }
    EXPECT_EQ(filtered[i], expected);
  }
}

}  // namespace text_filter_test
}  // namespace embed
