#include "embed/io/vector_reader.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/io/model_file.h"
#include "embed/io/vector_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace {

using testing::HasSubstr;

class VectorReaderTest : public testing::Test {
 protected:
  absl::StatusOr<KeyedVectors> Read(const std::string& name,
                                    const std::string& bytes) {
    WriteBytes(folder_.File(name), bytes);
    return ReadVectors(folder_.File(name));
  }

  void ExpectSame(const KeyedVectors& vectors) {
    ASSERT_EQ(vectors.vocabulary.size(), 3u);
    ASSERT_EQ(vectors.table.rows(), 3u);
    ASSERT_EQ(vectors.table.dim(), 2);
    for (uint32_t id = 0; id < 3; ++id) {
      EXPECT_EQ(vectors.vocabulary.key(id), keys_[id]);
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(vectors.table.row(id)[i], table_.row(id)[i]);
      }
    }
  }

  void SetUp() override {
    const float values[3][2] = {{0.1f, -1e-30f}, {3e38f, 1.5f}, {0, -2}};
    for (uint64_t row = 0; row < 3; ++row) {
      std::copy(values[row], values[row] + 2, table_.row(row));
    }
  }

  TempFolder folder_;
  std::vector<std::string> keys_ = {"a", "北京", "0.5"};
  EmbeddingTable table_ = *EmbeddingTable::Create(3, 2);
  Vocabulary vocabulary_ = *Vocabulary::Create(keys_, {3, 2, 1});
};

TEST_F(VectorReaderTest, ReadsWhatTheWritersWrite) {
  for (const char* name : {"x.vec", "x.bin"}) {
    const auto format = VectorFormatFromName(std::string(name).substr(2));
    ASSERT_TRUE(
        WriteVectors(vocabulary_, table_.view(), *format, folder_.File(name))
            .ok());
    const auto vectors = ReadVectors(folder_.File(name));
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    ExpectSame(*vectors);
  }
}

TEST_F(VectorReaderTest, ReadsTheVectorsOfAModel) {
  for (const VectorsFrom from : {VectorsFrom::kInput, VectorsFrom::kOutput}) {
    Model model;
    model.info.mode = "word2vec";
    model.info.vectors = from;
    model.vocabulary = *Vocabulary::Create(keys_, {3, 2, 1});
    model.input = *EmbeddingTable::Create(3, 2);
    model.output = *EmbeddingTable::Create(3, 2);
    EmbeddingTable& named =
        from == VectorsFrom::kInput ? model.input : model.output;
    std::memcpy(named.data(), table_.data(), table_.bytes());
    ASSERT_TRUE(WriteModel(model, folder_.File("m.embed")).ok());
    const auto vectors = ReadVectors(folder_.File("m.embed"));
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    ExpectSame(*vectors);
  }
}

// gensim writes no line feed behind a vector, word2vec.c does.
TEST_F(VectorReaderTest, BinaryWithoutLineFeeds) {
  std::string bytes = "3 2\n";
  for (uint64_t row = 0; row < 3; ++row) {
    absl::StrAppend(&bytes, keys_[row], " ");
    bytes.append(reinterpret_cast<const char*>(table_.row(row)), 8);
  }
  const auto vectors = Read("x.bin", bytes);
  ASSERT_TRUE(vectors.ok()) << vectors.status();
  ExpectSame(*vectors);
}

TEST_F(VectorReaderTest, TextAsOthersWriteIt) {
  // Blanks within keys and at line ends, tabs, CR LF, exponents, no last LF.
  const auto vectors =
      Read("x.txt", "3 2\r\nNew York 1 2 \r\nb\t1E-3\t-0.25\r\nc nan 1e-60");
  ASSERT_TRUE(vectors.ok()) << vectors.status();
  EXPECT_EQ(vectors->vocabulary.key(0), "New York");
  EXPECT_EQ(vectors->table.row(0)[1], 2.0f);
  EXPECT_EQ(vectors->table.row(1)[0], 1e-3f);
  EXPECT_EQ(vectors->table.row(1)[1], -0.25f);
  EXPECT_TRUE(std::isnan(vectors->table.row(2)[0]));
  EXPECT_EQ(vectors->table.row(2)[1], 0.0f);
}

TEST_F(VectorReaderTest, RefusesWhatIsNoVectorFile) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1"},
      {"a 1 2\nb 3 4\n", "put \"ROWS DIM\" before"},
      {"2 0\na\nb\n", "line 1: dim is 0"},
      {"2 2\na 1 2\n", "vector 2: the file ends before it; 2 promised"},
      {"2 2\na 1 2\nb 3\n", "vector 2: fewer than 2 numbers"},
      {"2 2\na 1 2\nb 3 x\n", "vector 2: number 2 is \"x\""},
      {"1 2\na 1 2\nb 3 4\n", "more follows"},
      {"2 2\na 1 2\na 3 4\n", "key 'a'"},
      {"-1 2\na 1 2\n", "line 1"},
  };
  for (const auto& [bytes, expected] : cases) {
    const auto vectors = Read("x.vec", bytes);
    ASSERT_FALSE(vectors.ok()) << bytes;
    EXPECT_THAT(vectors.status().message(), HasSubstr(expected));
    EXPECT_THAT(vectors.status().message(), HasSubstr("x.vec"));
  }
  EXPECT_EQ(ReadVectors(folder_.File("none.vec")).status().code(),
            absl::StatusCode::kNotFound);
}

// More than there is memory for: an error and no attempt to fill it.
TEST_F(VectorReaderTest, RefusesAHugePromise) {
  for (const char* name : {"x.vec", "x.bin"}) {
    EXPECT_FALSE(Read(name, "2000000000 4096\na 1 2\n").ok());
    EXPECT_FALSE(Read(name, "99999999999999999999 4\n").ok());
    EXPECT_FALSE(Read(name, "9000000000 4\n").ok());
  }
}

TEST_F(VectorReaderTest, RefusesABinaryFileCutAnywhere) {
  ASSERT_TRUE(WriteVectors(vocabulary_, table_.view(), VectorFormat::kBinary,
                           folder_.File("x.bin"))
                  .ok());
  const std::string whole = ReadBytes(folder_.File("x.bin"));
  for (size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_FALSE(Read("cut.bin", whole.substr(0, size)).ok()) << size;
  }
  // The last line feed may be missing.
  EXPECT_TRUE(Read("cut.bin", whole.substr(0, whole.size() - 1)).ok());
  EXPECT_FALSE(Read("cut.bin", whole + "x").ok());
}

}  // namespace
}  // namespace embed
