#include "embed/eval/word_pairs.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace word_pairs_test {

using testing::HasSubstr;

std::string Text(const std::vector<WordPair>& pairs) {
  std::string text;
  for (const WordPair& pair : pairs) {
    text += pair.first + "|" + pair.second + "|" + std::to_string(pair.score) +
            "\n";
  }
  return text;
}

std::string Parsed(const std::string& text) {
  const auto pairs = ParseWordPairs(text, "set");
  EXPECT_TRUE(pairs.ok()) << pairs.status();
  return pairs.ok() ? Text(*pairs) : "";
}

void ExpectError(const std::string& text, const std::string& message) {
  const auto pairs = ParseWordPairs(text, "set");
  ASSERT_FALSE(pairs.ok()) << text;
  EXPECT_TRUE(absl::IsInvalidArgument(pairs.status()));
  EXPECT_THAT(std::string(pairs.status().message()), HasSubstr(message));
}

TEST(WordPairsTest, TabsAndBlanks) {
  EXPECT_EQ(Parsed("tiger\tcat\t7.35\nlove sex   6.77\n"),
            "tiger|cat|7.350000\nlove|sex|6.770000\n");
  EXPECT_EQ(Parsed("New York\tBig Apple\t-1e1"),
            "New York|Big Apple|-10.000000\n");
  EXPECT_EQ(Parsed("日本\t 南京大屠杀\t8.95 \r\n"),
            "日本|南京大屠杀|8.950000\n");
}

TEST(WordPairsTest, MoreFieldsAreIgnored) {
  EXPECT_EQ(Parsed("squishing\tsquirt\t5.88\t5\t7\tx\na b 1 2 3\n"),
            "squishing|squirt|5.880000\na|b|1.000000\n");
}

TEST(WordPairsTest, CommentsAndOneHeader) {
  EXPECT_EQ(Parsed("\xEF\xBB\xBF# source\n\n \t\nWord 1\tWord 2\tHuman (mean)\n"
                   "# more\nlove\tsex\t6.77\n"),
            "love|sex|6.770000\n");
}

TEST(WordPairsTest, RepeatedPairsStay) {
  EXPECT_EQ(Parsed("a b 1\na b 1\n"), "a|b|1.000000\na|b|1.000000\n");
}

TEST(WordPairsTest, BadLinesAreNamed) {
  ExpectError("a b 1\nc\td\n", "set: line 2: expected two words and a score");
  ExpectError("a,b,1\n", "set: line 1: expected two words and a score");
  ExpectError("a b 1\nc d e\n", "set: line 2: the third field, \"e\"");
  ExpectError("x y z\nx y z\n", "set: line 2: the third field");
  ExpectError("tiger\tcat\t7,35\n", "set: line 1: the third field, \"7,35\"");
  ExpectError("a b nan\na b nan\n", "set: line 2: the third field, \"nan\"");
  ExpectError("# c\na b 1e999\n", "set: line 2: the third field");
  ExpectError("a b 1\n\tb\t2\n", "set: line 2: a word is empty");
  ExpectError("a b 1\na b\xFF 2\n", "set: line 2: not UTF-8");
  ExpectError("a b 1\na b " + std::string(1000, 'x'), "xxxx...\"");
}

TEST(WordPairsTest, NoPairsIsAnError) {
  for (const std::string text : {"", "\n", "# comment\n", "a b score\n"}) {
    ExpectError(text, "set: no word pairs");
  }
}

TEST(WordPairsTest, FilesAreNamed) {
  const TempFolder folder;
  const auto missing = ReadWordPairs(folder.File("none.tsv"));
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  WriteBytes(folder.File("bad.tsv"), "a b 1\nc\n");
  const auto bad = ReadWordPairs(folder.File("bad.tsv"));
  EXPECT_THAT(std::string(bad.status().message()),
              HasSubstr("bad.tsv: line 2: "));
}

// Published sets, where the shared data lies beside the sources.
TEST(WordPairsTest, ReadsPublishedSets) {
  const std::string folder = EMBED_SHARED_DATA_DIR "/eval/";
  if (!std::ifstream(folder + "ws353.tsv")) {
    GTEST_SKIP() << folder << " is not there";
  }
  const struct {
    const char* name;
    size_t pairs;
  } kSets[] = {{"ws353", 353},   {"ws353_sim", 203}, {"ws353_rel", 252},
               {"rg65", 65},     {"mturk771", 771},  {"rw", 2034},
               {"zh_ws240", 240}};
  for (const auto& set : kSets) {
    const auto pairs = ReadWordPairs(folder + set.name + ".tsv");
    ASSERT_TRUE(pairs.ok()) << pairs.status();
    EXPECT_EQ(pairs->size(), set.pairs) << set.name;
  }
  // Another kind of file is refused, not read in part.
  EXPECT_FALSE(ReadWordPairs(folder + "google_analogy.tsv").ok());
}

}  // namespace word_pairs_test
}  // namespace embed
