// embedquery on files that are no whole index: cut anywhere, a bit flipped
// anywhere, something else altogether.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace damaged_index_test {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class DamagedIndexTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("g.txt", "a b\nb c\nc d\n");
    const ToolResult result =
        runner_.Run({"embedtrain", "--mode=deepwalk", "--dim=4", "--threads=1",
                     "--walks_per_node=1", "g.txt"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    whole_ = runner_.Read("g.faiss");
    ASSERT_GT(whole_.size(), 64u);
  }

  // The bytes as an index give one line about the file and exit code 1.
  void ExpectRefused(const std::string& bytes, const std::string& what) {
    runner_.Write("bad.faiss", bytes);
    const ToolResult result =
        runner_.Run({"embedquery", "--index=bad.faiss", "a"});
    EXPECT_EQ(result.exit_code, 1) << what;
    EXPECT_EQ(result.out, "") << what;
    EXPECT_EQ(Lines(result.err).size(), 1u) << what << ": " << result.err;
    EXPECT_THAT(result.err, StartsWith("embedquery: error: ")) << what;
    EXPECT_THAT(result.err, HasSubstr("bad.faiss")) << what;
  }

  ToolRunner runner_;
  std::string whole_;
};

TEST_F(DamagedIndexTest, CutAnywhere) {
  // Every byte of the header, then in steps that hit every residue.
  for (size_t size = 0; size < whole_.size(); size += size < 160 ? 1 : 37) {
    ExpectRefused(whole_.substr(0, size), "cut at " + std::to_string(size));
  }
  ExpectRefused(whole_.substr(0, whole_.size() - 1), "last byte");
}

TEST_F(DamagedIndexTest, BitFlippedAnywhere) {
  for (size_t place = 0; place < whole_.size(); place += place < 160 ? 1 : 41) {
    std::string bytes = whole_;
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << place % 8));
    runner_.Write("bad.faiss", bytes);
    const ToolResult result =
        runner_.Run({"embedquery", "--index=bad.faiss", "a"});
    // The blanks between sections are the only bytes that mean nothing, and
    // even they are checked.
    EXPECT_EQ(result.exit_code, 1) << "bit flipped in byte " << place;
    EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  }
}

TEST_F(DamagedIndexTest, OtherFiles) {
  ExpectRefused(runner_.Read("g.embed"), "a model");
  ExpectRefused("a b\n", "text");
  ExpectRefused(whole_ + "x", "a byte too much");
  const ToolResult missing =
      runner_.Run({"embedquery", "--index=none.faiss", "a"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("none.faiss"));
  const ToolResult folder = runner_.Run({"embedquery", "--index=/tmp", "a"});
  EXPECT_EQ(folder.exit_code, 1);
  EXPECT_THAT(folder.err, HasSubstr("/tmp"));
}

}  // namespace damaged_index_test
}  // namespace embed
