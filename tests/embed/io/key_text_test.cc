#include "embed/io/key_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "embed/base/quoted.h"

namespace embed {
namespace key_text_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kBlock[] = "\xe2\x96\x81";

std::string Utf8(uint32_t point) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800)
    return {byte(0xC0 | point >> 6), byte(0x80 | (point & 63))};
  return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 63)),
          byte(0x80 | (point & 63))};
}

// Unicode's property White_Space, and what Python's str.isspace() adds.
bool IsWhiteSpace(uint32_t p) {
  return (p >= 9 && p <= 13) || (p >= 0x1C && p <= 0x20) || p == 0x85 ||
         p == 0xA0 || p == 0x1680 || (p >= 0x2000 && p <= 0x200A) ||
         p == 0x2028 || p == 0x2029 || p == 0x202F || p == 0x205F ||
         p == 0x3000;
}

TEST(KeyTextTest, EscapedKeysComeBack) {
  for (const std::string key : {"a\tb", "\\n", "\n\r\\\\\t", "plain", "\\"}) {
    EXPECT_EQ(UnescapedKey(EscapedKey(key)), key);
  }
  EXPECT_EQ(UnescapedKey("C:\\dir\\"), "C:\\dir\\");  // another program's
}

TEST(KeyTextTest, EveryWhiteSpaceCharacterIsReplacedAndNoOther) {
  for (uint32_t point = 1; point < 0x10000; ++point) {
    const std::string key = "a" + Utf8(point) + "b";
    const std::string expected =
        IsWhiteSpace(point) ? std::string("a") + kBlock + "b" : key;
    ASSERT_EQ(WithoutWhiteSpace(key), expected) << point;
  }
}

TEST(KeyTextTest, OtherBytesStay) {
  EXPECT_EQ(WithoutWhiteSpace("北京"), "北京");
  EXPECT_EQ(WithoutWhiteSpace("\xe3\x80"), "\xe3\x80");  // cut off U+3000
  EXPECT_EQ(WithoutWhiteSpace("\xff\x85\xa0"), "\xff\x85\xa0");
  EXPECT_EQ(WithoutWhiteSpace(" \t"), std::string(kBlock) + kBlock);
}

TEST(KeyTextTest, EscapesOneKeyToOneLine) {
  EXPECT_EQ(EscapedKey("a b\\n\n\r\t北"), "a b\\\\n\\n\\r\\t北");
}

TEST(KeyTextTest, ReplacedKeysHoldsOnlyWhatChanged) {
  const auto vocabulary = Vocabulary::Create({"a b", "ab", "c\td"}, {1, 1, 1});
  const auto replaced = ReplacedKeys(*vocabulary);
  ASSERT_TRUE(replaced.ok());
  EXPECT_THAT(*replaced, ElementsAre(std::string("a") + kBlock + "b", "",
                                     std::string("c") + kBlock + "d"));
}

TEST(KeyTextTest, TwoKeysMayNotBecomeOne) {
  const std::string taken = std::string("a") + kBlock + "b";
  for (const auto& keys : {std::vector<std::string>{"a b", "a\tb"},
                           std::vector<std::string>{taken, "a b"},
                           std::vector<std::string>{"a b", taken}}) {
    const auto replaced = ReplacedKeys(*Vocabulary::Create(keys, {1, 1}));
    EXPECT_EQ(replaced.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(replaced.status().message()),
                AllOf(HasSubstr(Quoted(keys[0])), HasSubstr(Quoted(keys[1]))));
  }
}

}  // namespace key_text_test
}  // namespace embed
