// Results that cannot be written: said before the work where it can be known,
// and never half a file.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace output_failure_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kTrain = {
    "embedtrain",  "--mode=deepwalk",    "--dim=16",
    "--threads=1", "--walks_per_node=2", "g.txt"};

std::vector<std::string> With(std::vector<std::string> command,
                              const std::string& flag) {
  command.push_back(flag);
  return command;
}

TEST(OutputFailureTest, MissingFolderIsSaidAtOnce) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const ToolResult result = runner.Run(With(kTrain, "--output=none/x"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("none/x.embed"));
  EXPECT_THAT(result.err, Not(HasSubstr("nodes")));  // nothing was read yet
  EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  EXPECT_THAT(runner.List(), ElementsAre("g.txt"));
}

TEST(OutputFailureTest, FileInPlaceOfFolderIsSaidAtOnce) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const ToolResult result = runner.Run(With(kTrain, "--output=g.txt/x"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  EXPECT_THAT(result.err, HasSubstr("g.txt/x.embed"));
}

TEST(OutputFailureTest, ReadOnlyFolderIsSaidAtOnce) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  mkdir(runner.Path("closed").c_str(), 0555);
  ToolRunner::Options options;
  options.as_nobody = geteuid() == 0;
  const ToolResult result =
      runner.Run(With(kTrain, "--output=closed/x"), options);
  // 126, 127: nobody may not even start programs that lie here.
  if (options.as_nobody && result.exit_code >= 126) {
    GTEST_SKIP() << "root may write to any folder, and nobody may not run this";
  }
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
  EXPECT_THAT(result.err, HasSubstr("closed/x.embed"));
}

// /proc takes no files, not even root's.
TEST(OutputFailureTest, FolderThatTakesNoFilesIsSaidAtOnce) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  const ToolResult result = runner.Run(With(kTrain, "--output=/proc/x"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Lines(result.err).size(), 1u) << result.err;
}

// A limit on the size of files fails writes in the same way as a full disk.
TEST(OutputFailureTest, WriteErrorLeavesNothing) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  ToolRunner::Options options;
  options.file_size_limit = 1024;
  const ToolResult result = runner.Run(kTrain, options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("g.embed"));
  EXPECT_THAT(runner.List(), ElementsAre("g.txt"));
}

TEST(OutputFailureTest, WriteErrorKeepsTheOlderFile) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  runner.Write("g.embed", "older");
  ToolRunner::Options options;
  options.file_size_limit = 1024;
  EXPECT_EQ(runner.Run(kTrain, options).exit_code, 1);
  EXPECT_EQ(runner.Read("g.embed"), "older");
  EXPECT_THAT(runner.List(), ElementsAre("g.embed", "g.txt"));
}

class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    runner_.Write("g.txt", KarateEdges());
    disk_ = runner_.Path("disk");
    mkdir(disk_.c_str(), 0755);
    mounted_ =
        mount("none", disk_.c_str(), "tmpfs", 0, "size=16k,mode=755") == 0;
    if (!mounted_) GTEST_SKIP() << "mounting a small tmpfs needs privileges";
  }
  void TearDown() override {
    if (mounted_) umount(disk_.c_str());
  }

  ToolRunner runner_;
  std::string disk_;
  bool mounted_ = false;
};

TEST_F(FullDiskTest, IsOneLineAndLeavesNothing) {
  const ToolResult result =
      runner_.Run(With(With(kTrain, "--output=disk/x"), "--dim=256"));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(Lines(result.err).back(), HasSubstr("disk/x.embed"));
  EXPECT_TRUE(std::filesystem::is_empty(disk_));
}

TEST(OutputFailureTest, AnswersToAFullDeviceAreAnError) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  ASSERT_EQ(runner.Run(kTrain).exit_code, 0);
  ToolRunner::Options options;
  options.stdout_path = "/dev/full";
  const ToolResult result =
      runner.Run({"embedquery", "--index=g.faiss", "1"}, options);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("standard output"));
  EXPECT_EQ(Lines(result.err).size(), 1u);
}

TEST(OutputFailureTest, AReaderThatGoesAwayIsNoCrash) {
  const ToolRunner runner;
  runner.Write("g.txt", KarateEdges());
  ASSERT_EQ(runner.Run(kTrain).exit_code, 0);
  std::string keys;
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&keys, i % 34 + 1, "\n");
  runner.Write("keys", keys);
  const ToolResult result = runner.Run(
      {"bash", "-c",
       absl::StrCat(EMBED_BIN_DIR,
                    "/embedquery --index g.faiss < keys | head -n 1; "
                    "echo ${PIPESTATUS[0]}")});
  const std::vector<std::string> lines = Lines(result.out);
  ASSERT_EQ(lines.size(), 2u) << result.out;
  EXPECT_EQ(lines[1], "1");
}

}  // namespace output_failure_test
}  // namespace embed
