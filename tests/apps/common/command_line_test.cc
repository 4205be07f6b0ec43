#include "apps/common/command_line.h"

#include <gflags/gflags.h>

#include <cstdio>
#include <fstream>
#include <new>
#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

DEFINE_int32(apples, 3, "how many apples");
DEFINE_bool(ripe, true, "whether they are ripe");
DEFINE_string(color, "red", "of the apples");
DEFINE_double(weight, 1.5, "of an apple");

namespace embed {
namespace command_line_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() {
    info_.name = "pick";
    info_.summary = "picks apples";
    info_.synopsis = "pick [flags] TREE";
    info_.examples = {"pick old"};
    info_.groups = {{"Apples", {"apples", "ripe", "color"}}};
  }

  std::string Error(const std::vector<std::string>& arguments) const {
    return std::string(ParseFlags(info_, arguments).status().message());
  }

  CommandInfo info_;
  google::FlagSaver saver_;
};

TEST_F(CommandLineTest, SetsFlagsInEveryForm) {
  EXPECT_THAT(*ParseFlags(info_, {"--apples=5", "tree", "--noripe", "-color",
                                  "green", "-", "--", "--more"}),
              ElementsAre("tree", "-", "--more"));
  EXPECT_EQ(FLAGS_apples, 5);
  EXPECT_FALSE(FLAGS_ripe);
  EXPECT_EQ(FLAGS_color, "green");
}

TEST_F(CommandLineTest, KnowsWhatTheUserSet) {
  ASSERT_TRUE(ParseFlags(info_, {"--apples=3"}).ok());
  EXPECT_TRUE(IsFlagSet("apples"));
  EXPECT_FALSE(IsFlagSet("color"));
}

TEST_F(CommandLineTest, ErrorsNameFlagAndValue) {
  EXPECT_THAT(Error({"--aples=5"}), HasSubstr("did you mean --apples?"));
  EXPECT_THAT(Error({"--apples=many"}), HasSubstr("--apples: \"many\""));
  EXPECT_THAT(Error({"--apples"}), HasSubstr("--apples needs a value"));
  EXPECT_THAT(Error({"--ripe=perhaps"}), HasSubstr("true or false"));
  EXPECT_THAT(Error({"--noapples"}), HasSubstr("unknown flag"));
  // Linked in, but of another command.
  EXPECT_THAT(Error({"--weight=2"}), HasSubstr("unknown flag --weight"));
  EXPECT_THAT(Error({"--tryfromenv=x"}), HasSubstr("unknown flag"));
}

TEST_F(CommandLineTest, FlagFilesMayNameOneAnother) {
  const std::string path = testing::TempDir() + "pick.flags";
  std::ofstream(path) << "# apples\n\n  --apples=7  \n--color=light green\n";
  const std::string outer = testing::TempDir() + "outer.flags";
  std::ofstream(outer) << "--flagfile=" << path << "\n--noripe\n";
  ASSERT_TRUE(ParseFlags(info_, {"--flagfile", outer, "--apples=8"}).ok());
  EXPECT_EQ(FLAGS_apples, 8);  // the later one counts
  EXPECT_EQ(FLAGS_color, "light green");
  EXPECT_FALSE(FLAGS_ripe);
  std::remove(path.c_str());
  std::remove(outer.c_str());
}

TEST_F(CommandLineTest, HelpShowsOwnFlagsWithDefaults) {
  const std::string help = HelpText(info_);
  EXPECT_THAT(help, HasSubstr("pick: picks apples"));
  EXPECT_THAT(help, HasSubstr("--apples=int32 (3)"));
  EXPECT_THAT(help, HasSubstr("how many apples"));
  EXPECT_THAT(help, Not(HasSubstr("weight")));
}

int ExitCode(const CommandInfo& info, const absl::Status& status) {
  char name[] = "pick";
  char* argv[] = {name, nullptr};
  return RunCommand(info, 1, argv, [&](const Arguments&) { return status; });
}

TEST_F(CommandLineTest, ExitCodesTellUsageFromFailure) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(ExitCode(info_, absl::OkStatus()), 0);
  EXPECT_EQ(ExitCode(info_, absl::InvalidArgumentError("bad\ndata")), 1);
  EXPECT_EQ(ExitCode(info_, UsageError("bad flag")), 2);
  EXPECT_EQ(ExitCode(info_, AsUsageError(absl::InvalidArgumentError("x"))), 2);
  EXPECT_EQ(ExitCode(info_, ReportedError()), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "pick: error: bad data\npick: error: bad flag\n"
            "pick: error: x\n");
}

// What a library throws ends as one line as well.
TEST_F(CommandLineTest, ExceptionsAreFailures) {
  char name[] = "pick";
  char* argv[] = {name, nullptr};
  const auto exit_code = [&](const auto& error) {
    return RunCommand(info_, 1, argv,
                      [&](const Arguments&) -> absl::Status { throw error; });
  };
  testing::internal::CaptureStderr();
  EXPECT_EQ(exit_code(std::bad_alloc()), 1);
  EXPECT_EQ(exit_code(std::runtime_error("no\nladder")), 1);
  EXPECT_EQ(exit_code(std::out_of_range("branch 7")), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "pick: error: out of memory\n"
            "pick: error: unexpected failure: no ladder\n"
            "pick: error: unexpected failure: branch 7\n");
}

}  // namespace command_line_test
}  // namespace embed
