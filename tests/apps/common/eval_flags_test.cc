#include "apps/common/eval_flags.h"

#include <gflags/gflags.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

DECLARE_string(eval);
DECLARE_int32(patience);

namespace embed {
namespace eval_flags_test {

using testing::HasSubstr;
using testing::Not;

class EvalFlagsTest : public testing::Test {
 protected:
  // The error for these values of the flags.
  static std::string Problem(const std::string& eval, int patience) {
    FLAGS_eval = eval;
    FLAGS_patience = patience;
    const auto plan = ReadEvalFlags();
    return plan.ok() ? "" : std::string(plan.status().message());
  }

  const gflags::FlagSaver saver_;
  const TempFolder folder_;
};

TEST_F(EvalFlagsTest, NothingByDefault) {
  const auto plan = ReadEvalFlags();
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_FALSE(plan->wanted());
  EXPECT_EQ(plan->patience, 0u);
}

TEST_F(EvalFlagsTest, ReadsThePairs) {
  // A path may hold colons itself.
  WriteBytes(folder_.File("a:b.tsv"), "love\tsex\t6.77\n");
  FLAGS_eval = "wordsim:" + folder_.File("a:b.tsv");
  FLAGS_patience = 2;
  const auto plan = ReadEvalFlags();
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(plan->wanted());
  EXPECT_EQ(plan->task, "wordsim");
  EXPECT_EQ(plan->path, folder_.File("a:b.tsv"));
  EXPECT_EQ(plan->patience, 2u);
  ASSERT_EQ(plan->pairs.size(), 1u);
  EXPECT_EQ(plan->pairs[0].second, "sex");
}

TEST_F(EvalFlagsTest, WrongUsageIsOneLineWithTheRemedy) {
  const struct {
    const char* eval;
    int patience;
    const char* problem;
  } kCases[] = {
      {"", 1, "--patience: nothing to be patient about; add --eval"},
      {"wordsim:x", -1, "--patience: -1 is not a number >= 0"},
      {"pairs.tsv", 0,
       "--eval: \"pairs.tsv\" names no task; expected wordsim:"},
      {"wordsim", 0, "names no task"},
      {"wordsim:", 0, "names no file"},
      {":pairs.tsv", 0, "has the unknown task \"\""},
      {"sim:pairs.tsv", 0, "has the unknown task \"sim\"; expected wordsim:"},
      {"wordsim:-", 0, "is standard input"},
  };
  for (const auto& usage : kCases) {
    const std::string problem = Problem(usage.eval, usage.patience);
    EXPECT_THAT(problem, HasSubstr(usage.problem));
    EXPECT_THAT(problem, Not(HasSubstr("\n")));
    EXPECT_TRUE(absl::IsInvalidArgument(ReadEvalFlags().status()));
  }
}

TEST_F(EvalFlagsTest, BadFilesAreNamed) {
  EXPECT_THAT(Problem("wordsim:" + folder_.File("none"), 0), HasSubstr("none"));
  EXPECT_TRUE(absl::IsNotFound(ReadEvalFlags().status()));
  WriteBytes(folder_.File("bad"), "a b 1\nc d\n");
  EXPECT_THAT(Problem("wordsim:" + folder_.File("bad"), 0),
              HasSubstr("bad: line 2: "));
}

}  // namespace eval_flags_test
}  // namespace embed
