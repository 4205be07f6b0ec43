#include "embed/io/word2vec_text.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/io/vector_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace word2vec_text_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Word2vecTextTest : public testing::Test {
 protected:
  absl::StatusOr<KeyedVectors> Read(const std::string& bytes) {
    WriteBytes(folder_.File("x.vec"), bytes);
    auto stream = InputStream::Open(folder_.File("x.vec"));
    EXPECT_TRUE(stream.ok());
    return ReadWord2vecText("x.vec", *std::move(stream));
  }

  // Reads what must be readable; as "key=v1,v2 key=...".
  std::string Read(const std::string& bytes,
                   std::vector<std::string>* tolerated) {
    absl::StatusOr<KeyedVectors> vectors = Read(bytes);
    EXPECT_TRUE(vectors.ok()) << vectors.status();
    if (!vectors.ok()) return "";
    EXPECT_EQ(vectors->table.rows(), vectors->vocabulary.size());
    std::string text;
    for (uint32_t id = 0; id < vectors->vocabulary.size(); ++id) {
      absl::StrAppend(&text, vectors->vocabulary.key(id), "=");
      for (int i = 0; i < vectors->table.dim(); ++i) {
        absl::StrAppend(&text, vectors->table.row(id)[i], ",");
      }
      text.back() = ' ';
    }
    *tolerated = std::move(vectors->tolerated);
    return text;
  }

  TempFolder folder_;
  std::vector<std::string> tolerated_;
};

TEST_F(Word2vecTextTest, AsWord2vecAndFastTextWriteIt) {
  // Blanks at the end of lines, with and without a last line feed; tabs, more
  // blanks than one, signs, exponents.
  EXPECT_EQ(Read("2 2\n</s> 0.25 -1 \nb 1e-3 +2 \n", &tolerated_),
            "</s>=0.25,-1 b=0.001,2 ");
  EXPECT_THAT(tolerated_, IsEmpty());
  EXPECT_EQ(Read("2 3 \na\t1\t2  3\n  b 4 5 6", &tolerated_),
            "a=1,2,3 b=4,5,6 ");
  EXPECT_THAT(tolerated_, IsEmpty());
  EXPECT_EQ(Read("0 3\n", &tolerated_), "");
  EXPECT_THAT(tolerated_, IsEmpty());
}

TEST_F(Word2vecTextTest, WithoutAHeaderTheFirstLineGivesTheDim) {
  EXPECT_EQ(Read("the 0.5 1 2\n, 3 4 5\n", &tolerated_),
            "the=0.5,1,2 ,=3,4,5 ");
  EXPECT_THAT(tolerated_,
              ElementsAre("x.vec: no first line of rows and dim: dim 3 as in "
                          "the first vector"));
  // The first field is the key, a number or not.
  EXPECT_EQ(Read("1999 1 2\n2000 3 4\n", &tolerated_), "1999=1,2 2000=3,4 ");
  std::string text;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    absl::StrAppend(&text, "w", i, " ", i, " ", i + 0.5, "\n");
    absl::StrAppend(&expected, "w", i, "=", i, ",", i + 0.5, " ");
  }
  EXPECT_EQ(Read(text, &tolerated_), expected);
}

TEST_F(Word2vecTextTest, KeysWithBlanks) {
  EXPECT_EQ(Read("4 2\nNew York 1 2\nroute 66 3 4\n. . . 5 6\n"
                 "Windows 3.11 7 8\n",
                 &tolerated_),
            "New York=1,2 route 66=3,4 . . .=5,6 Windows 3.11=7,8 ");
  EXPECT_THAT(
      tolerated_,
      ElementsAre("x.vec: 2 keys with blanks within (first: line 2, 'New "
                  "York')",
                  "x.vec: 2 keys that end in a number after a blank: look "
                  "whether these lines have more numbers than the others "
                  "(first: line 3, 'route 66')"));
}

TEST_F(Word2vecTextTest, OddLines) {
  EXPECT_EQ(Read("\xEF\xBB\xBF"
                 "2 1\r\n\r\na 1\r\n\nb 2\r\n\n\n",
                 &tolerated_),
            "a=1 b=2 ");
  EXPECT_THAT(
      tolerated_,
      ElementsAre("x.vec: 1 byte order mark, passed over (first: line 1)",
                  "x.vec: 4 line ends of CR LF, taken as LF (first: line 1)",
                  "x.vec: 4 empty lines, left out (first: line 2)"));
}

TEST_F(Word2vecTextTest, OddKeys) {
  // 0xE5 0x8C is a character cut in two, 0xFF is never one; the repaired key is
  // there already in line 5.
  EXPECT_EQ(Read("6 1\na 1\n\xE5\x8C\xFFx 2\na 3\n\xEF\xBF\xBD\xEF\xBF\xBDx 4\n"
                 " 5\nb 6\n",
                 &tolerated_),
            "a=1 \xEF\xBF\xBD\xEF\xBF\xBDx=2 b=6 ");
  EXPECT_THAT(
      tolerated_,
      ElementsAre(
          "x.vec: 2 bad UTF-8 sequences in keys, replaced by U+FFFD (first: "
          "line 3, '\xEF\xBF\xBD\xEF\xBF\xBDx')",
          "x.vec: 1 vectors without a key, left out (first: line 6)",
          "x.vec: 2 vectors with the key of an earlier one, left out (first: "
          "line 4, 'a')"));
}

TEST_F(Word2vecTextTest, AnotherNumberOfVectorsThanPromised) {
  EXPECT_EQ(Read("1 2\na 1 2\nb 3 4\n", &tolerated_), "a=1,2 b=3,4 ");
  EXPECT_THAT(tolerated_, ElementsAre("x.vec: the first line promises 1 "
                                      "vectors, there are 2"));
  EXPECT_EQ(Read("9 2\na 1 2\na 3 4\n", &tolerated_), "a=1,2 ");
  EXPECT_EQ(tolerated_[0],
            "x.vec: the first line promises 9 vectors, there are 2");
}

TEST_F(Word2vecTextTest, NumbersBeyondFloat32) {
  EXPECT_EQ(Read("1 2\na 1e-60 -1e-400\n", &tolerated_), "a=0,-0 ");
  for (const char* number : {"nan", "inf", "-inf", "1e39", "-1e400", "NAN"}) {
    const auto vectors = Read(absl::StrCat("1 2\na 1 ", number, "\n"));
    EXPECT_EQ(vectors.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(vectors.status().message(),
                HasSubstr("x.vec: line 2: key 'a': number 2 is "))
        << number;
  }
}

TEST_F(Word2vecTextTest, RefusesOtherFiles) {
  const std::string long_key(70000, 'k');
  const std::pair<std::string, const char*> cases[] = {
      {"", "line 1: expected the number of vectors and their dimension, or a"},
      {"\n\n", "line 2: expected the number of vectors"},
      {"the cat sat\n", "line 1: expected the number of vectors"},
      {"a\nb\n", "line 1: expected the number of vectors"},
      {"-1 2\na 1 2\n", "line 1: expected the number of vectors"},
      {"99999999999999999999 2\na 1 2\n", "line 1: expected the number"},
      {"2 99999999999999999999\na 1 2\n", "line 1: dim is -1"},
      {"2 0\na\nb\n", "line 1: dim is 0"},
      {"2 5000\na\nb\n", "line 1: dim is 5000"},
      {"2 2\na 1 2\nb 3\n", "line 3: 1 numbers after the key, expected 2"},
      {"2 2\na 1 2\nb\n", "line 3: 0 numbers after the key, expected 2"},
      {"a 1 2\nb 3\n", "line 2: 1 numbers after the key, expected 2"},
      {"2 2\na 1 2\nb 3 x\n", "line 3: expected a key and 2 numbers, found"},
      {"2 2\na 1 2\nb 3 1,5\n", "found '1,5' for number 2"},
      {"2 2\na 1 2\nb c 3\n", "found 'c' for number 1"},
      {"2 2\na 0.125 0.25\nb 0.125 0.250 0.5\n",
       "line 3: more than 2 numbers after the key"},
      {"2 2\na 1 2\nb 1e-5 2 3\n", "line 3: more than 2 numbers"},
      {"1 1\n" + long_key + " 1\n", "line 2: a key of more than 65536 bytes"},
      {"1 1\na" + std::string(1100000, ' ') + "1\n", "line 2: longer than"},
      {std::string("1 2\na \0\0\x80\x3f\0\0\0\x40\n", 15), "in .bin"},
  };
  for (const auto& [bytes, expected] : cases) {
    const auto vectors = Read(bytes);
    ASSERT_FALSE(vectors.ok()) << bytes.substr(0, 50);
    EXPECT_THAT(vectors.status().message(), HasSubstr(expected));
    EXPECT_THAT(vectors.status().message(), HasSubstr("x.vec: line "));
  }
}

}  // namespace word2vec_text_test
}  // namespace embed
