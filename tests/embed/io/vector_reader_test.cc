#include "embed/io/vector_reader.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "embed/io/model_file.h"
#include "embed/io/vector_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/embed/eval/python_peer.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace vector_reader_test {

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

  // Writes a file of this name, in the form it tells, and reads it.
  void ExpectReadBack(const std::string& name) {
    const auto format = VectorFormatFromName(name.substr(2));
    ASSERT_TRUE(
        WriteVectors(vocabulary_, table_.view(), *format, folder_.File(name))
            .ok());
    const auto vectors = ReadVectors(folder_.File(name));
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    ExpectSame(*vectors);
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
  for (const char* name : {"x.vec", "x.bin"}) ExpectReadBack(name);
}

// Readers pass over one byte order mark at the start of a text.
TEST_F(VectorReaderTest, KeepsAFirstKeyThatBeginsWithAByteOrderMark) {
  keys_[0] = "\uFEFFa";
  vocabulary_ = *Vocabulary::Create(keys_, {3, 2, 1});
  for (const char* name : {"x.vec", "x.bin", "x.npy"}) ExpectReadBack(name);
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

TEST_F(VectorReaderTest, TellsFormatsByTheirNames) {
  const std::string text = "2 2\na 1 2\nb 3 4\n";
  for (const char* name : {"x.vec", "x.txt", "x", "bin"}) {
    const auto vectors = Read(name, text);
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    EXPECT_EQ(vectors->vocabulary.size(), 2u);
    EXPECT_EQ(vectors->table.row(1)[1], 4.0f);
  }
  EXPECT_FALSE(Read("x.bin", text).ok());
  EXPECT_EQ(ReadVectors(folder_.File("none.vec")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(VectorReaderTest, ReadsNumpyWithTheKeysBesideIt) {
  const auto vocabulary =
      Vocabulary::Create({"a\tb", "c\\n", "\xE5\x8C\x97\r"}, {0, 0, 0});
  ASSERT_TRUE(WriteVectors(*vocabulary, table_.view(), VectorFormat::kNumpy,
                           folder_.File("x.npy"))
                  .ok());
  keys_ = {"a\tb", "c\\n", "\xE5\x8C\x97\r"};
  const auto vectors = ReadVectors(folder_.File("x.npy"));
  ASSERT_TRUE(vectors.ok()) << vectors.status();
  ExpectSame(*vectors);
  EXPECT_TRUE(vectors->tolerated.empty());

  WriteBytes(folder_.File("x.keys.txt"), "a\nb\n");
  EXPECT_THAT(ReadVectors(folder_.File("x.npy")).status().message(),
              HasSubstr("x.keys.txt: 2 keys for the 3 rows of "));
  ASSERT_EQ(std::remove(folder_.File("x.keys.txt").c_str()), 0);
  keys_ = {"0", "1", "2"};
  const auto numbered = ReadVectors(folder_.File("x.npy"));
  ASSERT_TRUE(numbered.ok()) << numbered.status();
  ExpectSame(*numbered);
  ASSERT_EQ(numbered->tolerated.size(), 1u);
  EXPECT_THAT(numbered->tolerated[0], HasSubstr("the rows' numbers"));
}

TEST_F(VectorReaderTest, SaysThatAFasttextModelIsNoFileOfVectors) {
  const std::string start("\xBA\x16\x4F\x2F\x0C\0\0\0", 8);  // magic, version
  EXPECT_THAT(Read("x.bin", start).status().message(),
              HasSubstr("x.bin: a fastText model; embedconvert makes"));
}

TEST_F(VectorReaderTest, RefusesAModelWithNumbersThatAreNotFinite) {
  Model model;
  model.info.mode = "word2vec";
  model.vocabulary = *Vocabulary::Create(keys_, {3, 2, 1});
  model.input = *EmbeddingTable::Create(3, 2);
  model.input.row(1)[1] = std::numeric_limits<float>::infinity();
  ASSERT_TRUE(WriteModel(model, folder_.File("m.embed")).ok());
  const auto vectors = ReadVectors(folder_.File("m.embed"));
  EXPECT_THAT(vectors.status().message(), HasSubstr("m.embed: key '北京': "));
}

TEST_F(VectorReaderTest, ReadsCompressedFiles) {
  for (const char* name : {"x.vec", "x.bin"}) {
    const auto format = VectorFormatFromName(std::string(name).substr(2));
    const std::string path = folder_.File(name);
    ASSERT_TRUE(WriteVectors(vocabulary_, table_.view(), *format, path).ok());
    const std::pair<std::string, std::string> tools[] = {{"gzip", ".gz"},
                                                         {"zstd", ".zst"}};
    for (const auto& [tool, ending] : tools) {
      if (std::system(("command -v " + tool + " > /dev/null").c_str()) != 0) {
        GTEST_SKIP() << "no " << tool;
      }
      ASSERT_EQ(
          std::system((tool + " -q -c '" + path + "' > '" + path + ending + "'")
                          .c_str()),
          0);
      const auto vectors = ReadVectors(path + ending);
      ASSERT_TRUE(vectors.ok()) << vectors.status();
      ExpectSame(*vectors);
    }
  }
}

// More than there is memory for: an error and no attempt to fill it.
TEST_F(VectorReaderTest, RefusesAHugePromise) {
  for (const char* name : {"x.vec", "x.bin"}) {
    EXPECT_FALSE(Read(name, "2000000000 4096\na 1 2\n").ok());
    EXPECT_FALSE(Read(name, "99999999999999999999 4\n").ok());
    EXPECT_FALSE(Read(name, "9000000000 4\n").ok());
  }
}

// Files of the programs that write them.
TEST_F(VectorReaderTest, ReadsWhatGensimWrites) {
  const PythonAnswer answer = AskPython(folder_, "gensim", R"py(
import numpy
from gensim.models import KeyedVectors
v = KeyedVectors(vector_size=7)
keys = ["the", "北京", "\U0001F600", "a\u00a0b"] + ["w%d" % i for i in range(500)]
numbers = numpy.random.RandomState(5).standard_normal((len(keys), 7))
numbers = numbers.astype(numpy.float32) * 1e-3
v.add_vectors(keys, numbers)
v.save_word2vec_format("g.vec", binary=False)
v.save_word2vec_format("g.bin", binary=True)
v.save_word2vec_format("n.vec", binary=False, write_header=False)
answer(*[float(x) for x in numbers.ravel()])
)py");
  if (!answer.has_module) {
    GTEST_SKIP() << "/usr/bin/python3 has no gensim (python3-gensim)";
  }
  ASSERT_EQ(answer.numbers.size(), 504u * 7);
  for (const std::string name : {"g.vec", "g.bin", "n.vec"}) {
    const auto vectors = ReadVectors(folder_.File(name));
    ASSERT_TRUE(vectors.ok()) << vectors.status();
    ASSERT_EQ(vectors->vocabulary.size(), 504u);
    EXPECT_EQ(vectors->vocabulary.key(1), "北京");
    EXPECT_EQ(vectors->vocabulary.key(3), "a\u00a0b");
    EXPECT_EQ(vectors->vocabulary.key(503), "w499");
    EXPECT_EQ(vectors->tolerated.size(), name == "n.vec" ? 1u : 0u);
    for (size_t i = 0; i < answer.numbers.size(); ++i) {
      EXPECT_EQ(vectors->table.row(i / 7)[i % 7],
                static_cast<float>(answer.numbers[i]));
    }
  }
}

TEST_F(VectorReaderTest, ReadsWhatFastTextWrites) {
  if (std::system("command -v fasttext > /dev/null") != 0) {
    GTEST_SKIP() << "no fasttext";
  }
  std::string text;
  for (int i = 0; i < 400; ++i) absl::StrAppend(&text, "w", i % 7, " 北京 ");
  WriteBytes(folder_.File("c.txt"), text);
  ASSERT_EQ(std::system(("cd '" + folder_.File("") +
                         "' && fasttext skipgram -input c.txt -output f -dim 5 "
                         "-bucket 100 -thread 1 > f.log 2>&1")
                            .c_str()),
            0);
  const auto vectors = ReadVectors(folder_.File("f.vec"));
  ASSERT_TRUE(vectors.ok()) << vectors.status();
  EXPECT_EQ(vectors->vocabulary.size(), 8u);  // seven and the commonest one
  EXPECT_EQ(vectors->vocabulary.key(0), "北京");
  EXPECT_EQ(vectors->table.dim(), 5);
  EXPECT_TRUE(vectors->tolerated.empty());
}

}  // namespace vector_reader_test
}  // namespace embed
