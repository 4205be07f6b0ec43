#include "text/vocabulary_file.h"

#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/text/text_test_files.h"

namespace embed {
namespace vocabulary_file_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Shown(const std::vector<WordCount>& words) {
  std::vector<std::string> shown;
  for (const WordCount& word : words) {
    shown.push_back(word.word + "=" + std::to_string(word.count));
  }
  return shown;
}

TEST(VocabularyFileTest, WritesWhatItReads) {
  const TestFolder folder;
  const auto vocabulary =
      Vocabulary::Create({"the", "北京", "a"}, {900, 20, 20});
  ASSERT_TRUE(vocabulary.ok());
  const std::string path = folder.File("v.txt");
  ASSERT_TRUE(WriteVocabularyFile(*vocabulary, path).ok());
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "the 900\n北京 20\na 20\n");
  const auto words = ReadVocabularyFile(path);
  ASSERT_TRUE(words.ok()) << words.status();
  // Equal counts by bytes.
  EXPECT_THAT(Shown(*words), ElementsAre("the=900", "a=20", "北京=20"));
}

TEST(VocabularyFileTest, ReadsWhatOtherProgramsWrite) {
  const TestFolder folder;
  const auto words = ReadVocabularyFile(folder.WriteGzip(
      "v",
      "\xEF\xBB\xBF</s> 0\r\nb\t7\r\n\r\na  4000000000000000000\r\n"
      "new york 9"));
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_THAT(Shown(*words),
              ElementsAre("a=4000000000000000000", "new york=9", "b=7"));
}

// In a text with tags of sentences it is a word like others.
TEST(VocabularyFileTest, KeepsAWordThatWord2vecHasForLineEnds) {
  const TestFolder folder;
  const std::string path = folder.File("v.txt");
  const auto written_and_read = [&](const Vocabulary& vocabulary) {
    EXPECT_TRUE(WriteVocabularyFile(vocabulary, path).ok());
    const auto words = ReadVocabularyFile(path);
    EXPECT_TRUE(words.ok()) << words.status();
    return words.ok() ? Shown(*words) : std::vector<std::string>();
  };
  EXPECT_THAT(
      written_and_read(*Vocabulary::Create({"</s>", "a", "b"}, {9, 8, 7})),
      ElementsAre("</s>=9", "a=8", "b=7"));
  EXPECT_THAT(written_and_read(*Vocabulary::Create({"</s>"}, {9})),
              ElementsAre("</s>=9"));
}

// Of files that were joined with their byte order marks.
TEST(VocabularyFileTest, KeepsAWordThatBeginsWithAByteOrderMark) {
  const TestFolder folder;
  const std::string path = folder.File("v.txt");
  const std::vector<std::string> keys = {"\uFEFFthe", "a"};
  const auto vocabulary = Vocabulary::Create(keys, {9, 2});
  ASSERT_TRUE(vocabulary.ok());
  ASSERT_TRUE(WriteVocabularyFile(*vocabulary, path).ok());
  const auto words = ReadVocabularyFile(path);
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_THAT(Shown(*words), ElementsAre("\uFEFFthe=9", "a=2"));
}

TEST(VocabularyFileTest, SaysWhatIsWrongAndWhere) {
  const TestFolder folder;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a 1\nword\n", "line 2: no count"},
      {"a 1\nb x\n", "line 2: the count \"x\""},
      {"a 0\n", "line 1: the count \"0\""},
      {"a 4611686018427387904\nb 1\n", "line 2: with this one the counts"},
      {"a 1\n</s> 0\n", "line 2: the count \"0\""},
      {"a -3\n", "line 1: the count \"-3\""},
      {"a 1\nb 2\na 3\n", "line 3: the word \"a\" stands in line 1"},
      {"\xFF 3\n", "line 1: the word is not valid UTF-8"},
      {"", "holds no words"},
      {"</s> 4\n", "holds no words"}};
  for (const auto& [text, message] : cases) {
    const absl::Status status =
        ReadVocabularyFile(folder.Write("v.txt", text)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr(message));
    EXPECT_THAT(status.message(), HasSubstr("v.txt"));
  }
  EXPECT_EQ(ReadVocabularyFile(folder.File("none")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(VocabularyFileTest, ReadsWordLists) {
  const TestFolder folder;
  const auto words = ReadWordList(folder.Write("l", " one\r\n\ntwo words\n"));
  ASSERT_TRUE(words.ok());
  EXPECT_THAT(*words, ElementsAre("one", "two words"));
  EXPECT_FALSE(ReadWordList(folder.Write("l", "a\n\xFF\n")).ok());
}

}  // namespace vocabulary_file_test
}  // namespace embed
