// embedalign as users run it: a planted rotation found from a dictionary.
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace align_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// a.vec: keys a0 .. a59 in 10 dimensions; b.vec: b0 .. b59, the same vectors
// turned in five planes and mirrored.
class AlignTest : public testing::Test {
 protected:
  void SetUp() override {
    std::mt19937 random(5);
    std::string a = "60 10\n";
    std::string b = "60 10\n";
    for (int i = 0; i < 60; ++i) {
      absl::StrAppend(&a, "a", i);
      absl::StrAppend(&b, "b", i);
      for (int plane = 0; plane < 5; ++plane) {
        const double x = static_cast<double>(random()) / 2147483648.0 - 1;
        const double y = static_cast<double>(random()) / 2147483648.0 - 1;
        const double c = std::cos(0.7 + plane), s = std::sin(0.7 + plane);
        absl::StrAppend(&a, " ", x, " ", y);
        absl::StrAppend(&b, " ", c * x - s * y, " ",
                        (plane == 0 ? -1 : 1) * (s * x + c * y));
      }
      absl::StrAppend(&a, "\n");
      absl::StrAppend(&b, "\n");
      absl::StrAppend(i < 20 ? &train_ : &test_, "a", i, "\tb", i, "\n");
    }
    runner_.Write("a.vec", a);
    runner_.Write("b.vec", b);
    runner_.Write("train.tsv", train_);
    runner_.Write("test.tsv", test_);
  }

  ToolResult Align(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "embedalign");
    return runner_.Run(arguments);
  }

  std::string train_, test_;
  ToolRunner runner_;
};

TEST_F(AlignTest, FindsThePartners) {
  const ToolResult result =
      Align({"--dict=train.tsv", "--test=test.tsv", "a.vec", "b.vec"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "measure\tprecision_at_1\tprecision_at_5\tprecision_at_10\tqueries"
            "\tused\ttotal\n"
            "cosine\t1.000000\t1.000000\t1.000000\t40\t40\t40\n"
            "csls\t1.000000\t1.000000\t1.000000\t40\t40\t40\n");
  EXPECT_THAT(result.err, HasSubstr("dictionary: 20 of 20 pairs"));
  EXPECT_THAT(runner_.List(),
              ElementsAre("a.vec", "b.vec", "test.tsv", "train.tsv"));
}

TEST_F(AlignTest, WritesTheTurnedVectors) {
  const ToolResult result =
      Align({"--dict=train.tsv", "--refine=2", "--output=turned",
             "--export=vec", "a.vec", "b.vec"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("refined from 60 pairs"));
  const std::vector<std::string> turned = Lines(runner_.Read("turned.vec"));
  const std::vector<std::string> b = Lines(runner_.Read("b.vec"));
  ASSERT_EQ(turned.size(), 61u);
  for (size_t i = 1; i < turned.size(); ++i) {
    const std::vector<std::string> mine = absl::StrSplit(turned[i], ' ');
    const std::vector<std::string> wanted = absl::StrSplit(b[i], ' ');
    EXPECT_EQ(mine[0], absl::StrCat("a", i - 1));
    for (size_t j = 1; j < 11; ++j) {
      EXPECT_NEAR(std::stod(mine[j]), std::stod(wanted[j]), 1e-4);
    }
  }
  // The model and the index are those of the turned vectors.
  const ToolResult query = runner_.Run(
      {"embedquery", "--index=turned.faiss", "--k=1", "--threads=1", "a3"});
  EXPECT_EQ(query.exit_code, 0) << query.err;
  EXPECT_EQ(
      Align({"--dict=train.tsv", "--test=test.tsv", "turned.embed", "b.vec"})
          .exit_code,
      0);
}

TEST_F(AlignTest, JsonAndCoverage) {
  runner_.Write("more.tsv", test_ + "a1\tnone\nnone b2\n");
  const ToolResult result =
      Align({"--dict=train.tsv", "--test=more.tsv", "--normalize=l2",
             "--output_format=json", "--threads=2", "a.vec", "b.vec"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto row = nlohmann::json::parse(Lines(result.out)[1]);
  EXPECT_EQ(row["measure"], "csls");
  EXPECT_EQ(row["precision_at_1"], 1.0);
  EXPECT_EQ(row["used"], 40);
  EXPECT_EQ(row["total"], 42);
}

TEST_F(AlignTest, SnapshotsShareTheirKeys) {
  std::string b = runner_.Read("b.vec");
  for (size_t at = 0; (at = b.find("\nb", at)) != std::string::npos;) {
    b[at + 1] = 'a';
  }
  runner_.Write("later.vec", b);
  std::string same;
  for (int i = 0; i < 60; ++i) absl::StrAppend(&same, "a", i, " a", i, "\n");
  runner_.Write("same.txt", same);
  const ToolResult result =
      Align({"--same_keys", "--test=same.txt", "a.vec", "later.vec"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(Lines(result.out)[1], StartsWith("cosine\t1.000000"));
  const ToolResult none =
      Align({"--same_keys", "--test=test.tsv", "a.vec", "b.vec"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("no key in common"));
}

TEST_F(AlignTest, ExamplesOfTheHelpRun) {
  runner_.Write("pairs.tsv", "a0\ta0\na7\ta7\n");
  for (const char* name : {"karate", "other"}) {
    ASSERT_EQ(Align({"--dict=train.tsv", absl::StrCat("--output=", name),
                     "a.vec", "b.vec"})
                  .exit_code,
              0);
  }
  const ToolResult help = Align({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  int examples = 0;
  for (const std::string& line : Lines(help.out)) {
    EXPECT_LE(line.size(), 80u) << line;
    if (!absl::StartsWith(line, "  embedalign --")) continue;
    ++examples;
    const ToolResult result = runner_.RunLine(line.substr(2));
    EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.err;
  }
  EXPECT_EQ(examples, 2) << help.out;
}

TEST_F(AlignTest, NotesNameTheFileOnce) {
  runner_.Write("twice.vec", "2 2\na 1 0\na 0 1\nb 0 1\n");
  const ToolResult result =
      Align({"--same_keys", "--output=x", "twice.vec", "twice.vec"});
  EXPECT_THAT(result.err, HasSubstr("note: twice.vec: "));
  EXPECT_THAT(result.err, testing::Not(HasSubstr("twice.vec: twice.vec")));
}

TEST_F(AlignTest, WrongUsageAndBadFiles) {
  const auto expect = [&](int code, const std::string& message,
                          std::vector<std::string> arguments) {
    const ToolResult result = Align(std::move(arguments));
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_THAT(Lines(result.err).back(), HasSubstr(message));
    EXPECT_THAT(result.out, IsEmpty());
  };
  expect(2, "two files of vectors", {"--dict=train.tsv", "a.vec"});
  expect(2, "--dict PAIRS is needed", {"--test=test.tsv", "a.vec", "b.vec"});
  expect(
      2, "give one of them",
      {"--same_keys", "--dict=train.tsv", "--test=test.tsv", "a.vec", "b.vec"});
  expect(2, "nothing to do", {"--dict=train.tsv", "a.vec", "b.vec"});
  expect(2, "--export needs --output",
         {"--dict=train.tsv", "--test=test.tsv", "--export=vec", "a.vec",
          "b.vec"});
  expect(
      2, "refinements is -1",
      {"--dict=train.tsv", "--test=test.tsv", "--refine=-1", "a.vec", "b.vec"});
  runner_.Write("bad.tsv", "a1\tb1\na2\n");
  expect(1, "bad.tsv: line 2",
         {"--dict=bad.tsv", "--test=test.tsv", "a.vec", "b.vec"});
  runner_.Write("other.tsv", "x\ty\n");
  expect(1, "none of its 1 pairs (the first is \"x\", \"y\")",
         {"--dict=other.tsv", "--test=test.tsv", "a.vec", "b.vec"});
  runner_.Write("wide.vec", "1 5\nb1 1 2 3 4 5\n");
  expect(1, "vectors of 10 and of 5 numbers",
         {"--dict=train.tsv", "--output=x", "a.vec", "wide.vec"});
}

}  // namespace align_test
}  // namespace embed
