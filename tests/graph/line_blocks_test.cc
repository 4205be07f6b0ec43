#include "graph/line_blocks.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/temp_file.h"

namespace embed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ReadAll(const std::string& content) {
  const TempFile file(content);
  auto blocks = LineBlocks::Open(file.path());
  EXPECT_TRUE(blocks.ok()) << blocks.status();
  std::vector<std::string> lines;
  for (;;) {
    auto block = blocks->Next();
    EXPECT_TRUE(block.ok()) << block.status();
    if (!block.ok() || block->empty()) return lines;
    while (!block->empty()) lines.emplace_back(TakeLine(&*block));
  }
}

TEST(LineBlocksTest, CutsLines) {
  EXPECT_THAT(ReadAll(""), IsEmpty());
  EXPECT_THAT(ReadAll("a"), ElementsAre("a"));
  EXPECT_THAT(ReadAll("a\n"), ElementsAre("a"));
  EXPECT_THAT(ReadAll("a b\r\n\r\n\nc"), ElementsAre("a b", "", "", "c"));
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

TEST(LineBlocksTest, NamesAFileThatIsMissing) {
  const auto blocks = LineBlocks::Open("/nowhere/at/all");
  EXPECT_EQ(blocks.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace embed
