// embedconvert --add, --delete and --compact.
#include <signal.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace change_index_test {

using testing::ElementsAre;
using testing::HasSubstr;

class ChangeIndexTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("v.vec", "3 2\na 1 0\nb 1 0.5\nc 0 1\n");
    ASSERT_EQ(Convert({"v.vec", "v.faiss"}).exit_code, 0);
    runner_.Write("more.vec", "2 2\nb -1 0\nnew key 0.9 0.1\n");
    runner_.Write("gone.txt", "a\na\n");
  }

  ToolResult Convert(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "embedconvert");
    return runner_.Run(arguments);
  }
  std::string Answers(const std::string& index = "v.faiss") const {
    return runner_.Run({"embedquery", "--index=" + index, "--k=9", "c"}).out;
  }

  ToolRunner runner_;
};

TEST_F(ChangeIndexTest, AddsUpdatesDeletesAndCompacts) {
  const ToolResult changed =
      Convert({"--add=more.vec", "--delete=gone.txt", "v.faiss"});
  ASSERT_EQ(changed.exit_code, 0) << changed.err;
  EXPECT_THAT(changed.err,
              HasSubstr("1 added, 1 updated, 1 deleted; 3 items, 2 rows"));
  const std::string answers = Answers();
  EXPECT_THAT(Lines(answers),
              ElementsAre(testing::StartsWith("c\t1\tnew key\t"),
                          testing::StartsWith("c\t2\tb\t")));
  const std::string log = runner_.Read("v.faiss");
  ASSERT_EQ(Convert({"--compact", "v.faiss", "other.faiss"}).exit_code, 0);
  EXPECT_EQ(runner_.Read("v.faiss"), log);
  EXPECT_EQ(Answers("other.faiss"), answers);
  ASSERT_EQ(Convert({"--compact", "v.faiss"}).exit_code, 0);
  EXPECT_EQ(Answers(), answers);
  EXPECT_EQ(runner_.Read("v.faiss"), runner_.Read("other.faiss"));
  // There is nothing more to compact.
  ASSERT_EQ(Convert({"--compact", "v.faiss"}).exit_code, 0);
  EXPECT_EQ(runner_.Read("v.faiss"), runner_.Read("other.faiss"));
}

TEST_F(ChangeIndexTest, ErrorsChangeNothing) {
  const std::string before = runner_.Read("v.faiss");
  runner_.Write("unknown.txt", "b\nnobody\n");
  const ToolResult unknown =
      Convert({"--delete=unknown.txt", "--add=more.vec", "v.faiss"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("'nobody'"));
  runner_.Write("wide.vec", "1 3\nx 1 2 3\n");
  const ToolResult wide = Convert({"--add=wide.vec", "v.faiss"});
  EXPECT_EQ(wide.exit_code, 1);
  EXPECT_THAT(wide.err, HasSubstr("v.faiss: the vector of 'x' has 3 numbers"));
  EXPECT_EQ(Convert({"--add=more.vec", "none.faiss"}).exit_code, 1);
  EXPECT_EQ(Convert({"--add=none.vec", "v.faiss"}).exit_code, 1);
  EXPECT_EQ(
      Convert({"--add=more.vec", "--add_type=author", "v.faiss"}).exit_code, 1);
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--add=more.vec"},
        {"--add=more.vec", "v.vec"},
        {"--add=more.vec", "v.faiss", "other.faiss"},
        {"--add_type=x", "v.faiss"},
        {"--compact", "--codec=faiss8", "v.faiss"},
        {"--compact", "--metric=dot", "v.faiss"},
        {"--add=more.vec", "--rerank=f16", "v.faiss"},
        {"--compact", "v.faiss", "v.faiss"}}) {
    const ToolResult result = Convert(flags);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  }
  EXPECT_EQ(runner_.Read("v.faiss"), before);
}

TEST_F(ChangeIndexTest, VectorsAreAddedToInt8Only) {
  ASSERT_EQ(Convert({"--codec=uint8", "more.vec", "other.faiss"}).exit_code, 0);
  const ToolResult result = Convert({"--add=more.vec", "other.faiss"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("codec uint8, only of int8; make the index "
                                    "anew with that codec"));
}

TEST_F(ChangeIndexTest, DamagedLogIsToldAndCutOneIsRead) {
  const std::string base = runner_.Read("v.faiss");
  ASSERT_EQ(Convert({"--delete=gone.txt", "v.faiss"}).exit_code, 0);
  const size_t first = runner_.Read("v.faiss").size();
  ASSERT_EQ(Convert({"--add=more.vec", "v.faiss"}).exit_code, 0);
  const std::string both = runner_.Read("v.faiss");
  const std::string answers = Answers();
  runner_.Write("v.faiss", both.substr(0, both.size() - 1));
  EXPECT_EQ(Lines(Answers()).size(), 1u);  // b
  std::string damaged = both;
  damaged[first - 1] = static_cast<char>(damaged[first - 1] ^ 1);
  runner_.Write("v.faiss", damaged);
  const ToolResult result = runner_.Run({"embedquery", "--index=v.faiss", "c"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("v.faiss: the change log at byte"));
  runner_.Write("v.faiss", base + "junk");
  EXPECT_EQ(Convert({"--add=more.vec", "v.faiss"}).exit_code, 1);
}

// A killed command leaves what was before or all of its batch.
TEST_F(ChangeIndexTest, KilledCommandLeavesAllOrNothing) {
  std::string vectors = "20000 2\n";
  for (int i = 0; i < 20000; ++i) {
    vectors += "k" + std::to_string(i) + " 1 " + std::to_string(i) + "\n";
  }
  runner_.Write("many.vec", vectors);
  const std::string base = runner_.Read("v.faiss");
  for (int delay = 0; delay < 60000; delay += 5000) {
    runner_.Write("v.faiss", base);
    const ToolRunner::Options options;
    const pid_t tool =
        runner_.Start({"embedconvert", "--add=many.vec", "v.faiss"}, options);
    usleep(delay);
    kill(tool, SIGKILL);
    const bool done = runner_.Wait(tool, options).exit_code == 0;
    const ToolResult found = runner_.Run(
        {"embedquery", "--index=v.faiss", "--k=30000", "--exact", "c"});
    EXPECT_EQ(found.exit_code, 0) << found.err;
    const size_t count = Lines(found.out).size();
    EXPECT_TRUE(count == 20002 || (count == 2 && !done)) << count;
  }
}

}  // namespace change_index_test
}  // namespace embed
