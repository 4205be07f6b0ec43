// embedtrain on input that cannot be trained on: one clear line, the right exit
// code, nothing left behind.
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/large_file.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace train_bad_input_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The error is the last line and the only one that says so.
void ExpectError(const ToolResult& result, int exit_code,
                 const std::string& message) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(result.out, "");
  const std::vector<std::string> lines = Lines(result.err);
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back(), StartsWith("embedtrain: error: "));
  EXPECT_THAT(lines.back(), HasSubstr(message));
  int errors = 0;
  for (const std::string& line : lines) {
    if (line.find("error") != std::string::npos) ++errors;
  }
  EXPECT_EQ(errors, 1) << result.err;
}

struct BadInput {
  std::string name;
  std::string mode;
  std::string bytes;
  std::vector<std::string> flags;
  std::string message;  // part of the error
};

void PrintTo(const BadInput& value, std::ostream* out) { *out << value.name; }

std::string Junk() {
  std::string junk;
  for (int i = 0; i < 5000; ++i) junk += static_cast<char>(i * 37 % 256);
  return junk;
}

std::vector<BadInput> BadInputs() {
  return {
      {"EmptyGraph", "deepwalk", "", {}, "input.txt"},
      {"EmptyText", "word2vec", "", {}, "input.txt"},
      {"OnlyComments", "deepwalk", "# nothing\n\n% more\n", {}, "input.txt"},
      {"JunkGraph", "deepwalk", Junk(), {}, "input.txt"},
      {"JunkText", "word2vec", Junk(), {}, "input.txt"},
      {"OneField", "deepwalk", "a b\nc\n", {}, "input.txt:2"},
      {"WeightMissing",
       "deepwalk",
       "a b 1\nb c\n",
       {"--weighted"},
       "input.txt:2"},
      {"WeightText",
       "deepwalk",
       "a b 1\nb c x\n",
       {"--weighted"},
       "input.txt:2"},
      {"WeightNan",
       "deepwalk",
       "a b 1\nb c nan\n",
       {"--weighted"},
       "input.txt:2"},
      {"WeightInfinite",
       "deepwalk",
       "a b inf\nb c 1\n",
       {"--weighted"},
       "input.txt:1"},
      {"WeightNegative",
       "deepwalk",
       "a b 1\nb c 1\nc d -2\n",
       {"--weighted"},
       "input.txt:3"},
      {"WeightZero", "deepwalk", "a b 0\n", {"--weighted"}, "input.txt:1"},
      {"OneNode", "deepwalk", "a a\n", {}, "input.txt"},
      {"BadUtf8Graph", "deepwalk", "a b\nb \xff\xfe\n", {}, "input.txt:2"},
      {"BadUtf8Fail",
       "word2vec",
       SmallCorpus() + "sun \xff moon\n",
       {"--on_bad_utf8=fail"},
       "201"},
      {"AllRare",
       "word2vec",
       SmallCorpus(),
       {"--min_count=100000"},
       "min_count"},
      {"NoStrokes", "cw2vec", SmallCorpus(), {}, "n-gram"},
      {"NoStrokeFile",
       "cw2vec",
       SmallChineseCorpus(),
       {"--strokes=none.txt"},
       "none.txt"},
      {"CutGzip",
       "word2vec",
       std::string("\x1f\x8b\x08\x00\x00", 5),
       {},
       "input.txt"},
      {"CutZstd",
       "deepwalk",
       std::string("\x28\xb5\x2f\xfd\x00", 5),
       {},
       "input.txt"},
  };
}

class BadInputTest : public testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, IsOneLineAndExitCode1) {
  const BadInput& bad = GetParam();
  const ToolRunner runner;
  runner.Write("input.txt", bad.bytes);
  std::vector<std::string> command = {"embedtrain", "--mode=" + bad.mode,
                                      "input.txt"};
  command.insert(command.end(), bad.flags.begin(), bad.flags.end());
  ExpectError(runner.Run(command), 1, bad.message);
  EXPECT_THAT(runner.List(), ElementsAre("input.txt"));
}

INSTANTIATE_TEST_SUITE_P(All, BadInputTest, testing::ValuesIn(BadInputs()),
                         [](const auto& test) { return test.param.name; });

TEST(TrainBadInputTest, MissingFileAndFolderAreExitCode1) {
  for (const char* mode : {"word2vec", "cw2vec", "deepwalk"}) {
    const ToolRunner runner;
    ExpectError(runner.Run({"embedtrain", "--mode", mode, "none.txt"}), 1,
                "none.txt");
    ExpectError(
        runner.Run({"embedtrain", "--mode", mode, "--output=x", "/tmp"}), 1,
        "/tmp");
    EXPECT_THAT(runner.List(), ElementsAre());
  }
}

// Bad UTF-8 is replaced and counted unless told otherwise.
TEST(TrainBadInputTest, ReplacesBadUtf8) {
  const ToolRunner runner;
  runner.Write("input.txt", SmallCorpus() + "sun \xff moon\n");
  const ToolResult result =
      runner.Run({"embedtrain", "--mode=word2vec", "--dim=8", "input.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 bad UTF-8"));
}

TEST(TrainBadInputTest, DivergenceEndsWithTheStepAndAdvice) {
  for (const char* const rate : {"1000", "1e20"}) {
    const ToolRunner runner;
    runner.Write("g.edgelist", KarateEdges());
    ExpectError(runner.Run({"embedtrain", "--mode=deepwalk", "--threads=1",
                            "--learning_rate", rate, "g.edgelist"}),
                1, "training diverged in epoch 1, step 1 of ");
    EXPECT_THAT(runner.List(), ElementsAre("g.edgelist"));
  }
}

// Ids of nodes are names: no number is too large.
TEST(TrainBadInputTest, TakesNodesBeyond32Bits) {
  const ToolRunner runner;
  runner.Write("g.txt", "1 4294967296\n4294967296 99999999999999999999999\n");
  const ToolResult trained =
      runner.Run({"embedtrain", "--mode=deepwalk", "--dim=8", "g.txt"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const ToolResult found =
      runner.Run({"embedquery", "--index=g.faiss", "99999999999999999999999"});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(Lines(found.out).size(), 2u);
  EXPECT_THAT(found.out, HasSubstr("\t4294967296\t"));
}

struct BadUsage {
  std::vector<std::string> arguments;
  std::string message;
};

TEST(TrainBadInputTest, WrongUsageIsExitCode2) {
  const std::vector<BadUsage> cases = {
      {{}, "--mode"},
      {{"g.txt"}, "--mode"},
      {{"--mode=deepwalk"}, "input"},
      {{"--mode=deepwalk", "g.txt", "h.txt"}, "input"},
      {{"--mode=nothing", "g.txt"}, "\"nothing\""},
      {{"--mode=deepwalk", "-"}, "--output"},
      {{"--mode=deepwalk", "--dimm=3", "g.txt"}, "--dim?"},
      {{"--mode=deepwalk", "--dim=x", "g.txt"}, "--dim"},
      {{"--mode=deepwalk", "--dim=0", "g.txt"}, "--dim"},
      {{"--mode=deepwalk", "--dim=5000", "g.txt"}, "--dim"},
      {{"--mode=deepwalk", "--dim", "99999999999999", "g.txt"}, "--dim"},
      {{"--mode=deepwalk", "--dim"}, "--dim needs a value"},
      {{"--mode=deepwalk", "--window=0", "g.txt"}, "window"},
      {{"--mode=deepwalk", "--negatives=-1", "g.txt"}, "negatives"},
      {{"--mode=deepwalk", "--epochs=0", "g.txt"}, "epochs"},
      {{"--mode=deepwalk", "--epochs=-1", "g.txt"}, "epochs"},
      {{"--mode=deepwalk", "--learning_rate=nan", "g.txt"}, "learning_rate"},
      {{"--mode=deepwalk", "--subsample=-1", "g.txt"}, "--subsample"},
      {{"--mode=deepwalk", "--start_radius=0", "g.txt"}, "--start_radius"},
      {{"--mode=deepwalk", "--start_radius=nan", "g.txt"}, "--start_radius"},
      {{"--mode=line", "--start_radius=1", "g.txt"}, "--start_radius"},
      {{"--mode=deepwalk", "--walk_length=0", "g.txt"}, "walk_length"},
      {{"--mode=deepwalk", "--walks_per_node=0", "g.txt"}, "walks_per_node"},
      {{"--mode=deepwalk", "--min_count=2", "g.txt"}, "--min_count"},
      {{"--mode=word2vec", "--walk_length=9", "g.txt"}, "--walk_length"},
      {{"--mode=word2vec", "--min_count=0", "g.txt"}, "min_count"},
      {{"--mode=word2vec", "--on_bad_utf8=skip", "g.txt"}, "--on_bad_utf8"},
      {{"--mode=word2vec", "--strokes=s", "g.txt"}, "--strokes"},
      {{"--mode=cw2vec", "--compose=max", "g.txt"}, "--compose"},
      {{"--mode=cw2vec", "--stroke_min=9", "--stroke_max=3", "g.txt"},
       "stroke n-grams"},
      {{"--mode=deepwalk", "--export=csv", "g.txt"}, "--export"},
      {{"--mode=deepwalk", "--progress=loud", "g.txt"}, "--progress"},
      {{"--mode=deepwalk", "--threads=-2", "g.txt"}, "--threads"},
      {{"--mode=deepwalk", "--cpu_target=z80", "g.txt"}, "--cpu_target"},
      {{"--mode=deepwalk", "--output=x/", "g.txt"}, "--output"},
      {{"--flagfile=none.flags", "g.txt"}, "none.flags"},
      {{"--flagfile=bad.flags", "g.txt"}, "bad.flags:2"},
      {{"--flagfile=circle.flags", "g.txt"}, "circle"},
  };
  const ToolRunner runner;
  runner.Write("g.txt", "a b\nb c\n");
  runner.Write("bad.flags", "--mode=deepwalk\n--dimm=3\n");
  runner.Write("circle.flags", "--flagfile=circle.flags\n");
  for (const BadUsage& bad : cases) {
    std::vector<std::string> command = {"embedtrain"};
    command.insert(command.end(), bad.arguments.begin(), bad.arguments.end());
    ExpectError(runner.Run(command), 2, bad.message);
  }
  EXPECT_THAT(runner.List(), ElementsAre("bad.flags", "circle.flags", "g.txt"));
}

TEST(TrainBadInputTest, NeverOverwritesItsInput) {
  const ToolRunner runner;
  runner.Write("g.embed", KarateEdges());
  ExpectError(runner.Run({"embedtrain", "--mode=deepwalk", "g.embed"}), 2,
              "is an input as well");
  EXPECT_EQ(runner.Read("g.embed"), KarateEdges());
  // Not even by the second file of an export.
  runner.Write("g.keys.txt", KarateEdges());
  ExpectError(runner.Run({"embedtrain", "--mode=deepwalk", "--output=g",
                          "--export=npy", "g.keys.txt"}),
              2, "is an input as well");
  EXPECT_EQ(runner.Read("g.keys.txt"), KarateEdges());
}

TEST(TrainBadInputTest, RefusesTablesBeyondTheMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need more address space than the test leaves";
#endif
  // A gigabyte of address space stands for a small machine.
  const ToolRunner runner;
  std::string edges;
  for (int i = 0; i < 200000; ++i) absl::StrAppend(&edges, i, " ", i + 1, "\n");
  runner.Write("g.txt", edges);
  const ToolResult result = runner.Run(
      {"sh", "-c",
       absl::StrCat("ulimit -v 1500000; exec ", EMBED_BIN_DIR,
                    "/embedtrain --mode deepwalk --dim 4096 --walks_per_node 1 "
                    "--walk_length 2 --threads 1 g.txt")});
  ExpectError(result, 1, "memory");
  EXPECT_THAT(runner.List(), ElementsAre("g.txt"));
}

TEST(TrainBadInputTest, RefusesAGraphBeyondTheMemoryBeforeReadingIt) {
  const LargeFile file("train_bad_input_test.edges", "1234 5678\n",
                       uint64_t{4} << 40);
  if (!file.ok()) GTEST_SKIP() << "no file of 4 TiB can be made here";
  const ToolRunner runner;
  ExpectError(runner.Run({"embedtrain", "--mode=deepwalk", file.path()}), 1,
              "6.40 TiB of memory");
  EXPECT_THAT(runner.List(), ElementsAre());
}

}  // namespace train_bad_input_test
}  // namespace embed
