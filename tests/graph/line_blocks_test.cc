#include "graph/line_blocks.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace line_blocks_test {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The lines of all blocks, without their "\n".
std::vector<std::string> ReadAll(const std::string& content) {
  const TempFile file(content);
  auto blocks = LineBlocks::Open(file.path());
  EXPECT_TRUE(blocks.ok()) << blocks.status();
  std::vector<std::string> lines;
  size_t bytes = 0;
  LineBlock block;
  for (;;) {
    const absl::Status status = blocks->Next(&block);
    EXPECT_TRUE(status.ok()) << status;
    if (!status.ok() || block.text.empty()) break;
    bytes += block.bytes;
    EXPECT_EQ(block.text.back(), '\n');
    const absl::string_view text = block.text.substr(0, block.text.size() - 1);
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      lines.emplace_back(line);
    }
  }
  EXPECT_EQ(bytes, content.size());
  return lines;
}

TEST(LineBlocksTest, CutsLines) {
  EXPECT_THAT(ReadAll(""), IsEmpty());
  EXPECT_THAT(ReadAll("a"), ElementsAre("a"));
  EXPECT_THAT(ReadAll("a\n"), ElementsAre("a"));
  EXPECT_THAT(ReadAll("a b\r\n\r\n\nc"), ElementsAre("a b\r", "\r", "", "c"));
  EXPECT_THAT(ReadAll("\xEF\xBB\xBF"
                      "a\n\xEF\xBB\xBF"),
              ElementsAre("a", "\xEF\xBB\xBF"));
}

TEST(LineBlocksTest, KeepsLinesWholeOverBlocks) {
  std::string content;
  std::vector<std::string> expected;
  for (int i = 0; i < 60000; ++i) {
    expected.push_back(absl::StrCat(i, std::string(i % 300, 'x')));
    absl::StrAppend(&content, expected.back(), "\n");
  }
  ASSERT_GT(content.size(), 8 * LineBlocks::kMaxLineBytes);
  EXPECT_EQ(ReadAll(content), expected);
}

TEST(LineBlocksTest, GivesALineThatIsTooLongInPieces) {
  const std::string line(5 * LineBlocks::kMaxLineBytes / 2, 'x');
  const std::vector<std::string> pieces = ReadAll("a\n" + line + "\nb\n");
  ASSERT_GE(pieces.size(), 3u);
  EXPECT_EQ(pieces.front(), "a");
  EXPECT_GT(pieces[1].size(), LineBlocks::kMaxLineBytes);
  EXPECT_EQ(pieces.back(), "b");
}

TEST(LineBlocksTest, NamesAFileThatIsMissing) {
  const auto blocks = LineBlocks::Open("/nowhere/at/all");
  EXPECT_EQ(blocks.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace line_blocks_test
}  // namespace embed
