// What embedtrain makes of text: flags of the input and of the vocabulary, and
// baskets of items.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/apps/tool_runner.h"

namespace embed {
namespace text_input_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ToolResult Train(const ToolRunner& runner, std::vector<std::string> more) {
  std::vector<std::string> command = {
      "embedtrain", "--mode=word2vec", "--dim=8",     "--threads=1",
      "--epochs=1", "--min_count=1",   "--output=out"};
  command.insert(command.end(), more.begin(), more.end());
  return runner.Run(command);
}

TEST(TextInputTest, SeveralFilesAndPatternsAreOneText) {
  const ToolRunner runner;
  runner.Write("1.txt",
               "\xEF\xBB\xBF"
               "one two\r\n");
  runner.Write("2.txt", "two three");
  runner.Write("last", "four\n");
  const ToolResult result =
      Train(runner, {"--vocab_out=v", "last", "[0-9].txt"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("3 lines, 5 tokens, 4 distinct"));
  EXPECT_EQ(runner.Read("v"), "two 2\nfour 1\none 1\nthree 1\n");
  const ToolResult missing = Train(runner, {"last", "x*.txt"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("x*.txt"));
  const ToolResult graph = runner.Run(
      {"embedtrain", "--mode=deepwalk", "--output=out", "1.txt", "2.txt"});
  EXPECT_EQ(graph.exit_code, 2);
}

TEST(TextInputTest, LowercaseAndCharacters) {
  const ToolRunner runner;
  runner.Write("t", "Straße ÉTÉ été\n北京2024\n");
  EXPECT_EQ(Train(runner, {"--vocab_out=v", "--lowercase", "t"}).exit_code, 0);
  EXPECT_EQ(runner.Read("v"), "été 2\nstraße 1\n北京2024 1\n");
  EXPECT_EQ(Train(runner, {"--vocab_out=v", "--tokens=chars", "t"}).exit_code,
            0);
  EXPECT_EQ(runner.Read("v"), "2024 1\nStraße 1\nÉTÉ 1\nété 1\n京 1\n北 1\n");
  EXPECT_EQ(Train(runner, {"--tokens=letters", "t"}).exit_code, 2);
}

TEST(TextInputTest, CharactersOfALineWithoutWhiteSpaceAreAllThere) {
  const ToolRunner runner;
  std::string line;  // longer than any chunk
  for (int i = 0; i < 20000; ++i) line += "北京天安门";
  runner.Write("t", line);
  const ToolResult result =
      Train(runner, {"--vocab_out=v", "--tokens=chars", "t"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(runner.Read("v"),
            "京 20000\n北 20000\n天 20000\n安 20000\n门 20000\n");
}

TEST(TextInputTest, NoOutputReplacesAnInput) {
  const ToolRunner runner;
  runner.Write("t", "one two one two\n");
  runner.Write("v", "one 2\ntwo 2\n");
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{
           {"--vocab_out=t", "t"},
           {"--vocab_in=v", "--vocab_out=v", "t"},
           {"--keep=v", "--vocab_out=v", "t"},
           {"--mode=cw2vec", "--strokes_report=t", "t"}}) {
    const ToolResult result = Train(runner, flags);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr("is an input as well"));
  }
  EXPECT_EQ(runner.Read("t"), "one two one two\n");
  EXPECT_EQ(runner.Read("v"), "one 2\ntwo 2\n");
}

TEST(TextInputTest, SaysThatTheVocabularyIsOfAnotherText) {
  const ToolRunner runner;
  runner.Write("t", "one two one two\n");
  runner.Write("v", "x 9\ny 9\n");
  const ToolResult result = Train(runner, {"--vocab_in=v", "t"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("warning: nothing was trained on"));
}

TEST(TextInputTest, SaysThatSubsamplingLeftNothing) {
  const ToolRunner runner;
  runner.Write("t", "one two one two\n");
  EXPECT_THAT(Train(runner, {"--subsample=1e-9", "t"}).err,
              HasSubstr("or --subsample left them out (0: off)"));
  EXPECT_THAT(Train(runner, {"--subsample=0", "t"}).err,
              Not(HasSubstr("nothing was trained on")));
}

TEST(TextInputTest, RefusesSharedNegativesWhereEachCenterDraws) {
  const ToolRunner runner;
  for (const std::string flag :
       {"--arch=cbow", "--optimizer=adagrad", "--clip_gradient=1"}) {
    const ToolResult result =
        Train(runner, {"--share_negatives=3", flag, "no such file"});
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr("--share_negatives: 3"));
  }
}

// What is kept of the text beyond it is read anew.
TEST(TextInputTest, AFileMayBeLimitedInSize) {
  const ToolRunner runner;
  std::string text;
  for (int i = 0; i < 300; ++i) text += SmallCorpus();
  runner.Write("t", text);
  ToolRunner::Options limited;
  limited.file_size_limit = 200 << 10;
  const ToolResult result =
      runner.Run({"embedtrain", "--mode=word2vec", "--dim=8", "--epochs=2",
                  "--min_count=1", "--output=out", "t"},
                 limited);
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

// The words taken from a file train as the words counted do.
TEST(TextInputTest, AVocabularyComesBackAsItWasWritten) {
  const ToolRunner runner;
  runner.Write("t", SmallCorpus());
  ASSERT_EQ(Train(runner, {"--vocab_out=v", "t"}).exit_code, 0);
  const std::string counted = runner.Read("out.embed");
  const ToolResult taken = Train(runner, {"--vocab_in=v", "t"});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_THAT(taken.err, HasSubstr("was not counted"));
  EXPECT_EQ(runner.Read("out.embed"), counted);
  runner.Write("bad", "word 3\nword\n");
  const ToolResult bad = Train(runner, {"--vocab_in=bad", "t"});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.err, HasSubstr("bad: line 2"));
  EXPECT_EQ(Train(runner, {"--vocab_out=t", "t"}).exit_code, 2);
  EXPECT_EQ(runner.Read("t"), SmallCorpus());
}

TEST(TextInputTest, KeepsListedWordsAndTheMostFrequent) {
  const ToolRunner runner;
  runner.Write("t", "a a a b b c c d\n");
  runner.Write("list", "d\nabsent\n");
  const ToolResult result = Train(
      runner,
      {"--vocab_out=v", "--min_count=2", "--max_vocab=3", "--keep=list", "t"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(runner.Read("v"), "a 3\nb 2\nd 1\n");
  EXPECT_THAT(result.err, HasSubstr("1 of the 2 words of list do not occur, "
                                    "the first is 'absent'"));
  EXPECT_EQ(Train(runner, {"--keep=none", "t"}).exit_code, 1);
  EXPECT_EQ(Train(runner, {"--max_distinct=5", "t"}).exit_code, 2);
}

TEST(TextInputTest, SaysHowFarCountsMayBeOff) {
  const ToolRunner runner;
  std::string text;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&text, "common a-rare-word-", i, "-of-many-bytes\n");
  }
  runner.Write("t", text);
  const ToolResult few =
      Train(runner, {"--min_count=5", "--max_distinct=1000", "t"});
  ASSERT_EQ(few.exit_code, 0) << few.err;
  EXPECT_THAT(few.err, HasSubstr("rare words were forgotten"));
  const ToolResult all = Train(runner, {"--min_count=5", "t"});
  EXPECT_THAT(all.err, Not(HasSubstr("forgotten")));
}

// Ten groups of items, baskets of five items of one group: the nearest items
// are those of the group, though no two stand side by side more often.
TEST(TextInputTest, ItemsOfTheSameBasketsAreNeighbors) {
  const ToolRunner runner;
  std::string baskets;
  uint32_t state = 7;
  for (int i = 0; i < 3000; ++i) {
    for (int j = 0; j < 5; ++j) {
      state = state * 1664525 + 1013904223;
      absl::StrAppend(&baskets, "g", i % 10, "/", (state >> 16) % 8, " ");
    }
    baskets += "\n";
  }
  runner.Write("baskets.txt", baskets);
  const std::vector<std::string> command = {"embedtrain",    "--mode=item2vec",
                                            "--dim=16",      "--threads=1",
                                            "--subsample=0", "baskets.txt"};
  const ToolResult trained = runner.Run(command);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const std::string model = runner.Read("baskets.embed");
  const ToolResult found =
      runner.Run({"embedquery", "--index=baskets.faiss", "--k=7", "g3/1"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  for (const std::string& line : Lines(found.out)) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    EXPECT_THAT(fields[2], HasSubstr("g3/"));
  }
  ASSERT_EQ(runner.Run(command).exit_code, 0);
  EXPECT_EQ(runner.Read("baskets.embed"), model);
  std::vector<std::string> windowed = command;
  windowed.push_back("--window=2");
  ASSERT_EQ(runner.Run(windowed).exit_code, 0);
  EXPECT_NE(runner.Read("baskets.embed"), model);
  windowed.back() = "--window=most";
  EXPECT_EQ(runner.Run(windowed).exit_code, 2);
}

// The MiB of the line that starts with "memory: " and ends as told.
double Memory(const std::string& err, const std::string& end) {
  for (const std::string& line : Lines(err)) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ');
    if (parts.size() < 4 || parts[0] != "memory:") continue;
    if (!absl::EndsWith(line, end)) continue;
    EXPECT_EQ(parts[2], "MiB");
    return std::stod(parts[1]);
  }
  ADD_FAILURE() << "no line of memory in " << err;
  return 0;
}

// Numbers of a training that moves nothing, over the radius that they should
// have: within 1, and some of 1600 near it.
TEST(TextInputTest, RowsStartWithinTheRadius) {
  const ToolRunner runner;
  std::string text;
  for (int i = 0; i < 200; ++i) absl::StrAppend(&text, "w", i, " ");
  runner.Write("in.txt", text);
  for (const auto& [flag, radius] : std::vector<std::pair<std::string, double>>{
           {"", 0.5}, {"--start_radius=8", 8}, {"--start_radius=0.01", 0.01}}) {
    std::vector<std::string> flags = {"--learning_rate=1e-12", "--export=vec",
                                      "in.txt"};
    if (!flag.empty()) flags.insert(flags.begin(), flag);
    const ToolResult result = Train(runner, flags);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    double largest = 0;
    std::vector<std::string> lines = Lines(runner.Read("out.vec"));
    for (const std::string& line : absl::MakeSpan(lines).subspan(1)) {
      const std::vector<std::string> fields = absl::StrSplit(line, ' ');
      for (const std::string& field : absl::MakeSpan(fields).subspan(1)) {
        double number = 0;
        ASSERT_TRUE(absl::SimpleAtod(field, &number)) << line;
        largest = std::max(largest, std::abs(number) * 8 / radius);
      }
    }
    EXPECT_LE(largest, 1.0001) << flag;
    EXPECT_GT(largest, 0.98) << flag;
  }
}

TEST(TextInputTest, TellsTheMemoryBeforeAndAfter) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers hold memory of their own";
#endif
  const ToolRunner runner;
  runner.Write("t", SmallCorpus());
  const ToolResult result = runner.Run(
      {"embedtrain", "--mode=fasttext", "--dim=100", "--buckets=300000",
       "--epochs=1", "--min_count=1", "--output=o", "t"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const double expected = Memory(result.err, "the index included");
  EXPECT_GT(expected, 300000 * 100 * 4 / 1048576.0);
  EXPECT_NEAR(Memory(result.err, " MiB at most"), expected, expected / 4);
}

}  // namespace text_input_test
}  // namespace embed
