#include "embed/io/text_lines.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace text_lines_test {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> found;
  TextLines lines(text, "t");
  for (absl::string_view line; lines.Next(&line);) {
    found.emplace_back(line);
    EXPECT_EQ(lines.number(), found.size());
  }
  return found;
}

TEST(TextLinesTest, CutsAtLineFeeds) {
  EXPECT_THAT(Lines(""), IsEmpty());
  EXPECT_THAT(Lines("\n"), ElementsAre(""));
  EXPECT_THAT(Lines("a"), ElementsAre("a"));
  EXPECT_THAT(Lines("a\n\nb\r\n"), ElementsAre("a", "", "b"));
  EXPECT_THAT(Lines("a\rb\n\r\n"), ElementsAre("a\rb", ""));
  EXPECT_THAT(Lines("\xEF\xBB\xBF"
                    "a\n\xEF\xBB\xBF"),
              ElementsAre("a", "\xEF\xBB\xBF"));
}

TEST(TextLinesTest, ErrorsNameTheLine) {
  TextLines lines("a\nb\n", "set.tsv");
  absl::string_view line;
  ASSERT_TRUE(lines.Next(&line) && lines.Next(&line));
  EXPECT_EQ(lines.Error("bad").message(), "set.tsv: line 2: bad");
  EXPECT_TRUE(absl::IsInvalidArgument(lines.Error("bad")));
}

TEST(TextLinesTest, ReadsWholeFiles) {
  const TempFolder folder;
  for (const size_t size : {0, 1, 262143, 262144, 262145, 600000}) {
    const std::string text(size, 'x');
    WriteBytes(folder.File("f"), text);
    const auto read = ReadWholeText(folder.File("f"), 600000);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == text) << size;
  }
}

TEST(TextLinesTest, RefusesLongFiles) {
  const TempFolder folder;
  WriteBytes(folder.File("f"), std::string(101, 'x'));
  EXPECT_TRUE(ReadWholeText(folder.File("f"), 101).ok());
  const auto status = ReadWholeText(folder.File("f"), 100).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr("f: longer than 100 bytes"));
  EXPECT_TRUE(absl::IsNotFound(ReadWholeText(folder.File("g"), 1).status()));
}

}  // namespace text_lines_test
}  // namespace embed
