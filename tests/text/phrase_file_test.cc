#include "text/phrase_file.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/text/text_test_files.h"

namespace embed {
namespace phrase_file_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(PhraseFileTest, ComesBackAsItWasWritten) {
  const TestFolder folder;
  const std::vector<Phrase> phrases = {{"new", "york", 1234.5678, 30, 40, 50},
                                       {"phrase", "北京", 0.25, 6, 7, 8}};
  ASSERT_TRUE(WritePhraseFile(phrases, folder.File("p")).ok());
  std::ifstream file(folder.File("p"));
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  EXPECT_EQ(text,
            "phrase\tscore\tcount\tfirst\tsecond\n"
            "new york\t1234.57\t30\t40\t50\n"
            "phrase 北京\t0.25\t6\t7\t8\n");
  const auto read = ReadPhraseFile(folder.File("p"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(Pair("new", "york"), Pair("phrase", "北京")));
  ASSERT_TRUE(WritePhraseFile({}, folder.File("p")).ok());
  EXPECT_THAT(*ReadPhraseFile(folder.File("p")), IsEmpty());
}

TEST(PhraseFileTest, ReadsListsMadeByHand) {
  const TestFolder folder;
  const auto read = ReadPhraseFile(folder.WriteZstd(
      "p", "\xEF\xBB\xBFnew york\r\n\r\n  los   angeles \tx y z\nnew york"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(*read, ElementsAre(Pair("new", "york"), Pair("los", "angeles"),
                                 Pair("new", "york")));
}

TEST(PhraseFileTest, NamesTheBadLine) {
  const TestFolder folder;
  const std::string half(40000, 'x');
  const std::pair<std::string, const char*> cases[] = {
      {"a b\nnew_york\n", "line 2: expected two words with a blank between"},
      {"a b c\n", "line 1: expected two words"},
      {"a\tb\n", "found 1"},
      {"\t1\n", "found 0"},
      {"a b\n\n\xFF b\n", "line 3: it is not valid UTF-8"},
      {half + " " + half + "\n", "too long"},
      {"", "holds no phrases"},
      {"\n \n", "holds no phrases"},
  };
  for (const auto& [text, message] : cases) {
    const absl::Status status =
        ReadPhraseFile(folder.Write("p", text)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr(message));
    EXPECT_THAT(status.message(), HasSubstr(folder.File("p")));
  }
  EXPECT_TRUE(absl::IsNotFound(ReadPhraseFile(folder.File("none")).status()));
}

}  // namespace phrase_file_test
}  // namespace embed
