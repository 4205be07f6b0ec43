#include "embed/eval/label_file.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace label_file_test {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LabelFileTest, LabelsGetIdsByFirstAppearance) {
  const auto file = ParseLabelFile(
      "\xEF\xBB\xBF# nodes\n\nb\tred,blue\r\na\tblue\nNew York\t red , "
      "北\nb\tblue,"
      "green",
      "x");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->names, ElementsAre("red", "blue", "北", "green"));
  ASSERT_EQ(file->entries.size(), 3u);
  EXPECT_EQ(file->entries[0].key, "b");
  EXPECT_THAT(file->entries[0].labels, ElementsAre(0, 1, 3));
  EXPECT_THAT(file->entries[1].labels, ElementsAre(1));
  EXPECT_EQ(file->entries[2].key, "New York");
  EXPECT_THAT(file->entries[2].labels, ElementsAre(0, 2));
}

TEST(LabelFileTest, KeysMayBeginWithANumberSign) {
  const auto file = ParseLabelFile(
      "# key\tlabel\n#key\tlabel\nuser0\tred\n#tag1\tblue\n"
      "#key\ttype\tlabel\n# a comment\n#a "
      "comment\n#\n#tag2\tblue,red\n#\tred\n",
      "x");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->names, ElementsAre("red", "blue"));
  ASSERT_EQ(file->entries.size(), 4u);
  EXPECT_EQ(file->entries[0].key, "user0");
  EXPECT_EQ(file->entries[1].key, "#tag1");
  EXPECT_EQ(file->entries[2].key, "#tag2");
  EXPECT_THAT(file->entries[2].labels, ElementsAre(0, 1));
  EXPECT_EQ(file->entries[3].key, "#");
  const auto tags = ParseLabelFile("#a\t1\n# b\t2\n#c\t2\n", "x");
  ASSERT_TRUE(tags.ok()) << tags.status();
  ASSERT_EQ(tags->entries.size(), 2u);
  EXPECT_EQ(tags->entries[0].key, "#a");
  EXPECT_EQ(tags->entries[1].key, "#c");
}

TEST(LabelFileTest, TypedKeysOfOneNameAreTwo) {
  const auto file =
      ParseLabelFile("1\tauthor\tA\n1\tpaper\tB\n2\tauthor\tA\n", "x");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->entries.size(), 3u);
  const auto plain =
      Vocabulary::Create({"2", "paper:1", "author:1"}, {1, 1, 1});
  EXPECT_EQ(FindLabelled(*plain, file->entries[0]), 2u);
  EXPECT_EQ(FindLabelled(*plain, file->entries[1]), 1u);
  EXPECT_EQ(FindLabelled(*plain, file->entries[2]), 0u);
  EXPECT_EQ(FindLabelled(*plain, {"3", "author", {0}}), Vocabulary::kNotFound);
  EXPECT_EQ(FindLabelled(*plain, {"1", "", {0}}), Vocabulary::kNotFound);
}

TEST(LabelFileTest, BadLinesAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"a\t1\nb\n", "f: line 2: expected a key, a tab"},
      {"a\t1\nb\tt\t2\n", "line 2: 3 fields, where earlier lines have 2"},
      {"a\t1\tx\ty\n", "line 1: expected"},
      {"\t1\n", "line 1: the key is empty"},
      {"a\t1,,2\n", "line 1: a label is empty"},
      {"a\t\n", "line 1: a label is empty"},
      {"a\t\xFF\n", "line 1: not UTF-8"},
      {"# only\n", "f: no labels"},
  };
  for (const auto& [text, expected] : cases) {
    const auto file = ParseLabelFile(text, "f");
    EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(file.status().message(), HasSubstr(expected));
  }
}

TEST(LabelFileTest, ReadsFiles) {
  const TempFolder folder;
  WriteBytes(folder.File("l"), "a\t1\n");
  EXPECT_TRUE(ReadLabelFile(folder.File("l")).ok());
  EXPECT_EQ(ReadLabelFile(folder.File("none")).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace label_file_test
}  // namespace embed
