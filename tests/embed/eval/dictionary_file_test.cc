#include "embed/eval/dictionary_file.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace embed {
namespace dictionary_file_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(DictionaryFileTest, ReadsTabsAndBlanks) {
  const auto pairs = ParseDictionary(
      "\xEF\xBB\xBF# en it\ncat\tgatto\r\n\nNew York\tNuova York\n"
      "dog  cane\ncat\tgatta",
      "d.tsv");
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_THAT(*pairs,
              ElementsAre(Pair("cat", "gatto"), Pair("New York", "Nuova York"),
                          Pair("dog", "cane"), Pair("cat", "gatta")));
}

TEST(DictionaryFileTest, ErrorsNameTheLine) {
  const auto message = [](const std::string& text) {
    return std::string(ParseDictionary(text, "d.tsv").status().message());
  };
  EXPECT_THAT(message("a\tb\nc\n"), HasSubstr("d.tsv: line 2: expected two"));
  EXPECT_THAT(message("a\tb\tc\n"), HasSubstr("line 1"));
  EXPECT_THAT(message("a b c\n"), HasSubstr("found 3 fields"));
  EXPECT_THAT(message("\tb\n"), HasSubstr("a key is empty"));
  EXPECT_THAT(message("a\t\xFF\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(message("# nothing\n"), HasSubstr("d.tsv: no pairs"));
  EXPECT_FALSE(ReadDictionary("/no/such/file").ok());
}

}  // namespace dictionary_file_test
}  // namespace embed
