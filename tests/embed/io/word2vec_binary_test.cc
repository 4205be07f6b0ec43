#include "embed/io/word2vec_binary.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/io/vector_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace word2vec_binary_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Word2vecBinaryTest : public testing::Test {
 protected:
  absl::StatusOr<KeyedVectors> Read(const std::string& bytes) {
    WriteBytes(folder_.File("x.bin"), bytes);
    auto stream = InputStream::Open(folder_.File("x.bin"));
    EXPECT_TRUE(stream.ok());
    return ReadWord2vecBinary("x.bin", *std::move(stream));
  }

  // Expects the keys with the vectors (0.1, 1), (0.1, 2), ... by their place in
  // `keys`.
  void ExpectKeys(const std::string& bytes, const std::vector<int>& places) {
    const auto vectors = Read(bytes);
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    ASSERT_EQ(vectors->vocabulary.size(), places.size());
    ASSERT_EQ(vectors->table.rows(), places.size());
    for (uint32_t id = 0; id < places.size(); ++id) {
      const int place = places[id];
      EXPECT_EQ(vectors->vocabulary.key(id), keys_[static_cast<size_t>(place)]);
      EXPECT_EQ(vectors->table.row(id)[0], 0.1f);
      EXPECT_EQ(vectors->table.row(id)[1], static_cast<float>(place + 1));
    }
    tolerated_ = vectors->tolerated;
  }

  std::string Rows(const std::string& row_end) const {
    std::string bytes;
    for (size_t i = 0; i < keys_.size(); ++i) {
      const float row[2] = {0.1f, static_cast<float>(i + 1)};
      absl::StrAppend(&bytes, keys_[i], " ");
      bytes.append(reinterpret_cast<const char*>(row), sizeof(row));
      absl::StrAppend(&bytes, row_end);
    }
    return bytes;
  }

  TempFolder folder_;
  std::vector<std::string> keys_ = {"a", "北京", "0.5"};
  std::vector<std::string> tolerated_;
};

// gensim writes no line feed behind a vector, word2vec.c does.
TEST_F(Word2vecBinaryTest, WithLineFeedsAndWithout) {
  for (const std::string row_end : {"", "\n"}) {
    ExpectKeys("3 2\n" + Rows(row_end), {0, 1, 2});
    EXPECT_THAT(tolerated_, IsEmpty());
    ExpectKeys(
        "\xEF\xBB\xBF"
        "3 2\r\n" +
            Rows(row_end) + "\n\n",
        {0, 1, 2});
    EXPECT_THAT(tolerated_,
                ElementsAre("x.bin: 1 byte order mark, passed over (first: "
                            "vector 0)"));
  }
}

TEST_F(Word2vecBinaryTest, AnotherNumberOfVectorsThanPromised) {
  for (const std::string row_end : {"", "\n"}) {
    for (const char* promised : {"1", "2", "4", "1000"}) {
      ExpectKeys(absl::StrCat(promised, " 2\n", Rows(row_end)), {0, 1, 2});
      EXPECT_THAT(tolerated_,
                  ElementsAre(absl::StrCat("x.bin: the first line promises ",
                                           promised, " vectors, there are 3")));
    }
  }
}

TEST_F(Word2vecBinaryTest, KeysWithBlanksWhereLineFeedsEndTheRows) {
  keys_ = {"New York", "a", " ", "Rio de Janeiro", "b c"};
  // The third key is empty by what the format says, its blank ends it; then a
  // number that is off by one byte.
  keys_[2] = "x";
  ExpectKeys("5 2\n" + Rows("\n"), {0, 1, 2, 3, 4});
  EXPECT_THAT(tolerated_,
              ElementsAre("x.bin: 3 keys with blanks within (first: vector 1, "
                          "'New York')"));
  // Without line feeds nothing shows where the key ends.
  const auto vectors = Read("5 2\n" + Rows(""));
  EXPECT_FALSE(vectors.ok());
}

// Numbers whose bytes are blanks and line feeds are numbers all the same.
TEST_F(Word2vecBinaryTest, BlanksAndLineFeedsInNumbers) {
  for (const std::string row_end : {"", "\n"}) {
    std::string bytes = "3 2\n";
    for (const char* key : {"a", "b", "c"}) {
      absl::StrAppend(&bytes, key, " ", "    ", "\n\n\n\n", row_end);
    }
    const auto vectors = Read(bytes);
    if (row_end.empty()) {
      // Four line feeds that belong to the numbers end the file.
      ASSERT_TRUE(vectors.ok()) << vectors.status();
    }
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    EXPECT_EQ(vectors->vocabulary.size(), 3u);
    EXPECT_THAT(vectors->tolerated, IsEmpty());
  }
}

TEST_F(Word2vecBinaryTest, OddKeys) {
  keys_ = {"a", "\xFFx", "a", "", "\xEF\xBF\xBDx", "b"};
  for (const std::string row_end : {"", "\n"}) {
    const auto vectors = Read("6 2\n" + Rows(row_end));
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    ASSERT_EQ(vectors->vocabulary.size(), 3u);
    EXPECT_EQ(vectors->vocabulary.key(1), "\xEF\xBF\xBDx");
    EXPECT_EQ(vectors->table.row(1)[1], 2.0f);
    EXPECT_EQ(vectors->vocabulary.key(2), "b");
    EXPECT_EQ(vectors->table.row(2)[1], 6.0f);
    EXPECT_THAT(
        vectors->tolerated,
        ElementsAre("x.bin: 1 bad UTF-8 sequences in keys, replaced by U+FFFD "
                    "(first: vector 2, '\xEF\xBF\xBDx')",
                    "x.bin: 1 vectors without a key, left out (first: vector "
                    "4)",
                    "x.bin: 2 vectors with the key of an earlier one, left out "
                    "(first: vector 3, 'a')"));
  }
}

TEST_F(Word2vecBinaryTest, RefusesNumbersThatAreNotFinite) {
  const std::string bytes(
      "2 1\na \0\0\x80\x3f"
      "b \0\0\x80\x7f",
      16);
  const auto vectors = Read(bytes);
  EXPECT_EQ(vectors.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(vectors.status().message(),
            "x.bin: vector 2: key 'b': number 1 is inf, expected a finite "
            "float32");
}

TEST_F(Word2vecBinaryTest, RefusesAFileCutWithinAVector) {
  for (const std::string row_end : {"", "\n"}) {
    const std::string whole = "3 2\n" + Rows(row_end);
    const size_t row_bytes[] = {10 + row_end.size(), 15 + row_end.size(),
                                12 + row_end.size()};
    std::vector<size_t> whole_rows = {4};
    for (const size_t bytes : row_bytes) {
      whole_rows.push_back(whole_rows.back() + bytes);
    }
    for (size_t size = 0; size < whole.size(); ++size) {
      const auto vectors = Read(whole.substr(0, size));
      bool between = false;
      for (const size_t end : whole_rows) {
        between |= size == end || size + row_end.size() == end;
      }
      // Nor the header without its line feed.
      EXPECT_EQ(vectors.ok(), between || size == 3) << size;
      if (!vectors.ok()) {
        EXPECT_THAT(vectors.status().message(), HasSubstr("x.bin: "));
      } else {
        EXPECT_EQ(vectors->tolerated.size(), size + 1 < whole.size() ? 1u : 0u);
      }
    }
  }
}

TEST_F(Word2vecBinaryTest, RefusesOtherFiles) {
  for (const std::string header : {"", "a 1 2\n", "-1 2\n", "3\n", "3 2 1\n"}) {
    const auto vectors = Read(header + Rows("\n"));
    EXPECT_THAT(vectors.status().message(),
                HasSubstr("x.bin: line 1: expected"))
        << header;
  }
  EXPECT_THAT(Read("3 0\n" + Rows("")).status().message(),
              HasSubstr("x.bin: line 1: dim is 0"));
  // Another dimension than the rows have.
  EXPECT_FALSE(Read("3 3\n" + Rows("\n")).ok());
  EXPECT_FALSE(Read("3 1\n" + Rows("\n")).ok());
  EXPECT_THAT(Read("3 2\n" + std::string(70000, 'k')).status().message(),
              HasSubstr("vector 1: no blank that ends a key"));
}

}  // namespace word2vec_binary_test
}  // namespace embed
