#include "embed/io/vector_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sstream>
#include <vector>

#include "embed/model/embedding_table.h"
#include "tests/embed/io/temp_folder.h"

namespace embed {
namespace vector_file_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string>& Keys() {
  static const auto& keys = *new std::vector<std::string>{
      "北京", "a", "#", "New York", "0.5", "back\\slash", "\U0001F600"};
  return keys;
}

// Rows with a stride, so that padding would show.
EmbeddingTable OddNumbers() {
  using Limits = std::numeric_limits<float>;
  const float values[] = {0.0f,
                          -0.0f,
                          1e-30f,
                          -1e-30f,
                          Limits::denorm_min(),
                          -Limits::denorm_min(),
                          Limits::min(),
                          Limits::max(),
                          Limits::lowest(),
                          0.1f,
                          1.0f / 3,
                          16777216.0f,
                          1.2345678e9f,
                          Limits::epsilon(),
                          std::nextafter(1.0f, 2.0f)};
  auto table = EmbeddingTable::Create(Keys().size(), 5);
  EXPECT_TRUE(table.ok());
  size_t next = 0;
  for (uint64_t r = 0; r < table->rows(); ++r) {
    for (int c = 0; c < table->dim(); ++c) {
      table->row(r)[c] = values[next++ % std::size(values)];
    }
  }
  return *std::move(table);
}

class VectorFileTest : public testing::Test {
 protected:
  VectorFileStats Write(VectorFormat format, const std::string& name) {
    const auto stats =
        WriteVectors(vocabulary_, table_.view(), format, folder_.File(name));
    EXPECT_TRUE(stats.ok()) << stats.status();
    return stats.ok() ? *stats : VectorFileStats();
  }

  // The table's numbers without padding, as bytes.
  std::string Numbers() const {
    std::string bytes;
    for (uint64_t r = 0; r < table_.rows(); ++r) {
      bytes.append(reinterpret_cast<const char*>(table_.row(r)),
                   static_cast<size_t>(table_.dim()) * sizeof(float));
    }
    return bytes;
  }

  TempFolder folder_;
  const Vocabulary vocabulary_ =
      *Vocabulary::Create(Keys(), std::vector<uint64_t>(Keys().size(), 1));
  const EmbeddingTable table_ = OddNumbers();
};

TEST_F(VectorFileTest, NamesOfFormats) {
  EXPECT_EQ(*VectorFormatFromName("vec"), VectorFormat::kText);
  EXPECT_EQ(*VectorFormatFromName("bin"), VectorFormat::kBinary);
  EXPECT_EQ(*VectorFormatFromName("npy"), VectorFormat::kNumpy);
  EXPECT_EQ(VectorFormatFromName("txt").status().code(),
            absl::StatusCode::kInvalidArgument);
}

// The C library reads every number back to the same bits.
TEST_F(VectorFileTest, TextGivesTheSameBitsBack) {
  EXPECT_EQ(Write(VectorFormat::kText, "v.vec").keys_changed, 1u);
  std::istringstream lines(ReadBytes(folder_.File("v.vec")));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line, "7 5");
  std::string numbers;
  for (const std::string& key : Keys()) {
    ASSERT_TRUE(std::getline(lines, line));
    std::istringstream fields(line);
    std::string field;
    ASSERT_TRUE(std::getline(fields, field, ' '));
    EXPECT_EQ(field, key == "New York" ? "New\xe2\x96\x81York" : key);
    while (std::getline(fields, field, ' ')) {
      char* end = nullptr;
      const float value = std::strtof(field.c_str(), &end);
      EXPECT_EQ(*end, '\0') << field;
      numbers.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
  }
  EXPECT_FALSE(std::getline(lines, line));
  EXPECT_TRUE(numbers == Numbers());
}

TEST_F(VectorFileTest, NumbersAreShort) {
  auto table = EmbeddingTable::Create(1, 4);
  const float values[] = {0.1f, -2, 1e-30f, 16777216};
  std::memcpy(table->row(0), values, sizeof(values));
  const auto vocabulary = Vocabulary::Create({"k"}, {1});
  ASSERT_TRUE(WriteVectors(*vocabulary, table->view(), VectorFormat::kText,
                           folder_.File("s.vec"))
                  .ok());
  EXPECT_EQ(ReadBytes(folder_.File("s.vec")), "1 4\nk 0.1 -2 1e-30 16777216\n");
}

// Lines made by several threads come out in order.
TEST_F(VectorFileTest, ManyRowsStayInOrder) {
  const uint32_t rows = 5000;
  std::vector<std::string> keys;
  std::string expected = "5000 1\n";
  auto table = EmbeddingTable::Create(rows, 1);
  for (uint32_t i = 0; i < rows; ++i) {
    keys.push_back("k" + std::to_string(i));
    table->row(i)[0] = static_cast<float>(i);
    expected += keys.back() + " " + std::to_string(i) + "\n";
  }
  const auto vocabulary =
      Vocabulary::Create(keys, std::vector<uint64_t>(rows, 1));
  ASSERT_TRUE(WriteVectors(*vocabulary, table->view(), VectorFormat::kText,
                           folder_.File("m.vec"))
                  .ok());
  EXPECT_TRUE(ReadBytes(folder_.File("m.vec")) == expected);
}

TEST_F(VectorFileTest, BinaryIsWord2vecs) {
  EXPECT_EQ(Write(VectorFormat::kBinary, "v.bin").keys_changed, 1u);
  std::string expected = "7 5\n";
  const std::string numbers = Numbers();
  for (size_t i = 0; i < Keys().size(); ++i) {
    expected += Keys()[i] == "New York" ? "New\xe2\x96\x81York" : Keys()[i];
    expected += " " + numbers.substr(i * 20, 20) + "\n";
  }
  EXPECT_TRUE(ReadBytes(folder_.File("v.bin")) == expected);
}

TEST_F(VectorFileTest, NumpyHeaderIsAligned) {
  EXPECT_EQ(Write(VectorFormat::kNumpy, "v.npy").keys_changed, 0u);
  const std::string bytes = ReadBytes(folder_.File("v.npy"));
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const size_t length = static_cast<uint8_t>(bytes[8]) +
                        256 * static_cast<size_t>(uint8_t(bytes[9]));
  EXPECT_EQ((10 + length) % 64, 0u);
  EXPECT_EQ(bytes[10 + length - 1], '\n');
  EXPECT_THAT(bytes.substr(10, length),
              HasSubstr("{'descr': '<f4', 'fortran_order': False, "
                        "'shape': (7, 5), }"));
  EXPECT_TRUE(bytes.substr(10 + length) == Numbers());
  EXPECT_EQ(ReadBytes(folder_.File("v.keys.txt")),
            "北京\na\n#\nNew York\n0.5\nback\\\\slash\n\U0001F600\n");
  EXPECT_THAT(folder_.Names(), ElementsAre("v.keys.txt", "v.npy"));
}

TEST_F(VectorFileTest, NoKeysIsFine) {
  const Vocabulary none;
  for (const auto format :
       {VectorFormat::kText, VectorFormat::kBinary, VectorFormat::kNumpy}) {
    EXPECT_TRUE(
        WriteVectors(none, MatrixView(), format, folder_.File("e")).ok());
  }
}

TEST_F(VectorFileTest, BadInputLeavesNoFile) {
  MatrixView fewer = table_.view();
  --fewer.rows;
  EXPECT_EQ(WriteVectors(vocabulary_, fewer, VectorFormat::kText,
                         folder_.File("v.vec"))
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  auto two = EmbeddingTable::Create(2, 4);
  const auto same = Vocabulary::Create({"a b", "a\tb"}, {1, 1});
  for (const auto format : {VectorFormat::kText, VectorFormat::kBinary}) {
    EXPECT_EQ(WriteVectors(*same, two->view(), format, folder_.File("v"))
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(WriteVectors(vocabulary_, table_.view(), VectorFormat::kText,
                         folder_.File("no/v"))
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(folder_.Names().empty());
}

// The readers that people use: gensim and NumPy of Debian's Python.
class PythonReadersTest : public VectorFileTest {
 protected:
  static constexpr int kNoModule = 77;

  // Exit status of a Python program, run in the folder with `module` imported;
  // kNoModule without Python or the module.
  int Python(const std::string& module, const std::string& program) {
    WriteBytes(folder_.File("check.py"),
               "import sys\ntry:\n  import " + module +
                   "\nexcept ImportError:\n  sys.exit(77)\n" + program);
    const std::string command =
        "cd '" + folder_.File("") +
        "' && if [ -x /usr/bin/python3 ]; then exec /usr/bin/python3 check.py; "
        "else exit 77; fi";
    return WEXITSTATUS(std::system(command.c_str()));
  }
};

TEST_F(PythonReadersTest, GensimReadsTextAndBinary) {
  Write(VectorFormat::kText, "v.vec");
  Write(VectorFormat::kBinary, "v.bin");
  const int status = Python("gensim", R"py(
from gensim.models import KeyedVectors
for name, binary in (("v.vec", False), ("v.bin", True)):
    v = KeyedVectors.load_word2vec_format(name, binary=binary)
    with open(name + ".keys", "w", encoding="utf-8") as f:
        f.writelines(k + "\n" for k in v.index_to_key)
    v.vectors.astype("<f4").tofile(name + ".raw")
)py");
  if (status == kNoModule) {
    GTEST_SKIP() << "/usr/bin/python3 has no gensim (python3-gensim)";
  }
  ASSERT_EQ(status, 0);
  for (const std::string name : {"v.vec", "v.bin"}) {
    EXPECT_EQ(ReadBytes(folder_.File(name + ".keys")),
              "北京\na\n#\nNew\xe2\x96\x81York\n0.5\nback\\slash\n"
              "\U0001F600\n");
    EXPECT_TRUE(ReadBytes(folder_.File(name + ".raw")) == Numbers()) << name;
  }
}

TEST_F(PythonReadersTest, NumpyReadsNpy) {
  Write(VectorFormat::kNumpy, "v.npy");
  const int status = Python("numpy", R"py(
v = numpy.load("v.npy", mmap_mode="r")
assert v.shape == (7, 5) and v.dtype == numpy.float32 and v.flags.c_contiguous
v.tofile("v.raw")
keys = open("v.keys.txt", encoding="utf-8").read().split("\n")
assert len(keys) == 8 and keys[3] == "New York" and keys[7] == "", keys
)py");
  if (status == kNoModule) {
    GTEST_SKIP() << "/usr/bin/python3 has no numpy (python3-numpy)";
  }
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(ReadBytes(folder_.File("v.raw")) == Numbers());
}

}  // namespace vector_file_test
}  // namespace embed
